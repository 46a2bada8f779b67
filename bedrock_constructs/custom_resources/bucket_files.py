"""Puts files of the project into a bucket, each as an asset of its own: no zip, so they may have any size.

The CDK CLI uploads each file to the bootstrap bucket, in parts if it is large; S3 copies it from there.
"""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from bedrock_constructs.custom_resources.object_grants import (
    RESOURCE_TYPE,
    WILDCARD_REASON,
    key_statements,
    write_statements,
)
from bedrock_constructs.custom_resources.provider import CustomResourceProvider

HASH_NAMED = 20  # digits: no other object begins with them


class BucketFiles(Construct):
    """`files` maps a key below `prefix` to (file, SHA-256). A few: each is named in a policy.

    Otherwise as BucketObjects, whose place it can take in a stack: what is stored already is not put again. Objects
    stay when you remove the construct.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        files: Mapping[str, tuple[Path, str]],
        destination: s3.IBucket,
        prefix: str,
        granted_prefix: str,
        restore: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        sources = {}
        statements = []
        provider = CustomResourceProvider.of(self)
        for number, (key, (file, sha256)) in enumerate(sorted(files.items())):
            # The asset's hash is given: fingerprinting would read the file a second time.
            asset = assets.Asset(self, f"Asset{number or ''}", path=str(file), asset_hash=sha256)
            # Whole hashes of many datasets would fill the role's policies.
            named = asset.s3_object_key.replace(asset.asset_hash, f"{asset.asset_hash[:HASH_NAMED]}*")
            read = [asset.bucket.arn_for_objects(named)]
            statements.append(iam.PolicyStatement(actions=["s3:GetObject"], resources=read))
            provider.read_assets_of(asset.bucket.bucket_arn)
            source = {"bucket": asset.s3_bucket_name, "key": asset.s3_object_key}
            sources[key] = {**source, "sha256": sha256, "size": file.stat().st_size}
        self.resource = provider.custom_resource(
            self,
            resource_type=RESOURCE_TYPE,
            properties={
                "Files": Stack.of(self).to_json_string(sources),
                "DestinationBucket": destination.bucket_name,
                "DestinationPrefix": prefix,
                "DeleteOnRemoval": False,
                "Restore": restore,
            },
            statements=[
                *statements,
                *write_statements(destination, granted_prefix),
                *key_statements(Stack.of(self), destination),
            ],
            acknowledgment=WILDCARD_REASON,
        )
        self.resource.node.add_dependency(destination)
