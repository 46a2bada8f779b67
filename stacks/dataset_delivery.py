"""How datasets reach the training bucket: files are uploaded, objects in S3 and what names media are collected."""

import json
from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.custom_resources.bucket_files import BucketFiles
from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from bedrock_constructs.customization.collector import DatasetCollector, DatasetSource
from deployment.datasets import CustomizationDataset, evaluation_folder
from deployment.sections.training import Customization
from kit_contract.dataset_collection import (
    BUCKET_PLACEHOLDER,
    MEDIA,
    SOURCES,
    DatasetCollection,
    media_prefix,
    sources_prefix,
)
from kit_contract.model_source import ModelSource
from kit_contract.run_names import DATA, data_prefix
from kit_contract.stacks import COLLECTOR_OUTPUT, pascal


def upload_dataset(
    stack: cdk.Stack, name: str, dataset: CustomizationDataset, bucket: s3.IBucket, restore: str | None
) -> list[Construct]:
    """What of it is on this machine; nothing for a dataset in S3."""
    uploads: list[Construct] = []
    if dataset.media_folder:
        media = BucketObjects(
            stack,
            f"{pascal(name)}Media",
            source=dataset.media_folder,
            destination=bucket,
            prefix=media_prefix(name),
            delete_on_removal=False,
            restore=restore,
            granted_prefix=MEDIA,
        )
        uploads.append(media)
    if dataset.uploads:
        # A customization named "training" meets the bucket's id.
        taken = stack.node.try_find_child(f"{pascal(name)}Data")
        collected = dataset.collection is not None
        files = BucketFiles(
            stack,
            f"{pascal(name)}{'Dataset' if taken else 'Data'}",
            files={key: (dataset.folder / key, sha256) for key, sha256 in dataset.uploads.items()},
            destination=bucket,
            prefix=sources_prefix(name) if collected else data_prefix(name),
            granted_prefix=SOURCES if collected else DATA,
            restore=restore,
        )
        uploads.append(files)
    return uploads


def upload_evaluation_sets(
    stack: cdk.Stack, datasets: Mapping[str, CustomizationDataset], bucket: s3.IBucket, restore: str | None
) -> list[Construct]:
    folder = evaluation_folder(datasets)
    if folder is None:
        return []
    uploaded = BucketObjects(
        stack,
        "EvaluationSets",
        source=folder,
        destination=bucket,
        prefix=DATA,
        delete_on_removal=False,
        restore=restore,
    )
    return [uploaded]


def dataset_collector(
    stack: cdk.Stack,
    customizations: Mapping[str, Customization],
    datasets: Mapping[str, CustomizationDataset],
    bucket: s3.IBucket,
) -> DatasetCollector | None:
    """One for all customizations that need it. Its role is an output: a bucket of another account must let it in."""
    collected = [item for name, item in customizations.items() if datasets[name].collection]
    if not collected:
        return None
    sources = [
        DatasetSource(
            item.dataset_objects,
            media=item.media,
            owner=item.dataset_bucket_owner,
            kms_key_arn=item.dataset_kms_key_arn,
        )
        for item in collected
    ]
    collector = DatasetCollector(stack, "DatasetCollector", bucket=bucket, sources=sources)
    cdk.CfnOutput(stack, COLLECTOR_OUTPUT, value=collector.role_arn)
    return collector


def collection_json(collection: DatasetCollection | ModelSource | None, bucket: s3.IBucket) -> str | None:
    """As the collector takes it, with the bucket, whose name only CloudFormation knows."""
    if collection is None:
        return None
    text = json.dumps(collection.to_json(), sort_keys=True)
    return text.replace(BUCKET_PLACEHOLDER, bucket.bucket_name)
