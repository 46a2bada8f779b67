"""Training data, the workflow that fine-tunes and promotes, and what serves each customization."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.custom_model_deployment import CustomModelDeployment
from bedrock_constructs.customization.external.copied_models import grant_source_keys
from bedrock_constructs.customization.role import CustomizationRole
from bedrock_constructs.customization.start import CustomizationStart
from bedrock_constructs.customization.workflow import CustomizationWorkflow
from bedrock_constructs.imported_model_serving import ImportedModelServing
from bedrock_constructs.training_data_bucket import TrainingDataBucket
from deployment.config import DeploymentConfig
from deployment.datasets import CustomizationDataset
from deployment.parent_runs import parent_of
from deployment.sections.imported_model import ImportedModel
from deployment.sections.promotion import Promotion
from deployment.sections.training import Customization, External, Training
from kit_contract.dataset_collection import media_prefix
from kit_contract.external_models import IMPORT
from kit_contract.promotion_checks import PromotionChecks
from kit_contract.run_names import bedrock_name, data_prefix, output_prefix
from kit_contract.runs import RunSpecification
from kit_contract.stacks import (
    LOOK_CONTEXT,
    LOOK_OUTPUT,
    RETRAIN_CONTEXT,
    RETRY_CONTEXT,
    STARTER_OUTPUT,
    TRAINING_BUCKET_OUTPUT,
    WORKFLOW_OUTPUT,
    pascal,
    run_execution_output,
    run_outcome_output,
)
from stacks.customization_job import job_members
from stacks.dataset_delivery import collection_json, dataset_collector, upload_dataset, upload_evaluation_sets
from stacks.external_models import external_specification, source_keys
from stacks.fine_tuning import publish_training
from stacks.imported_models import imported_specification, model_source_reader
from stacks.training_evaluations import TrainingEvaluations


class TrainingStack(cdk.Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeploymentConfig,
        datasets: dict[str, CustomizationDataset],
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        assert config.training
        self._training = config.training
        self._kit_deployment = config.deployment.name
        self._throughputs = {
            item.customization: config.provisioned_model_name(section)
            for section, item in config.provisioned_throughput.items()
            if item.customization
        }
        self._restore: str | None = self.node.try_get_context(LOOK_CONTEXT)
        self._retrain = str(self.node.try_get_context(RETRAIN_CONTEXT) or "").split(",")
        key = _customer_key(self, config.training)
        bucket = TrainingDataBucket(
            self,
            "TrainingData",
            kms_key=key,
            removal=config.training.removal,
            allow_data_deletion=config.deployment.allow_data_deletion,
        )
        items = config.training.customizations
        evaluations = TrainingEvaluations(self, config, datasets, bucket.bucket)
        specifications = [
            replace(
                self._specification(name, item, datasets[name], bucket, key),
                parent=parent_of(item, items, datasets),
                evaluation=evaluations.settings.get(name),
            )
            for name, item in items.items()
        ]
        specifications += [
            replace(self._external(name, item, datasets[name], bucket), evaluation=evaluations.settings.get(name))
            for name, item in config.external_models.items()
        ]
        workflow = CustomizationWorkflow(
            self,
            "Workflow",
            kit_deployment=self._kit_deployment,
            bucket=bucket.bucket,
            customizations=specifications,
            evaluation=evaluations.function,
        )
        grant_source_keys(workflow.state_machine, source_keys(config))
        self._collector = dataset_collector(self, items, datasets, bucket.bucket)
        self._reader = model_source_reader(self, config.imported_models, bucket.bucket)
        self._evaluation_sets = upload_evaluation_sets(self, datasets, bucket.bucket, self._restore)
        for specification in specifications:
            self._deliver(specification, datasets[specification.customization], bucket, workflow)
        publish_training(self, config, bucket.bucket.bucket_name, workflow)
        cdk.CfnOutput(self, TRAINING_BUCKET_OUTPUT, value=bucket.bucket.bucket_name)
        cdk.CfnOutput(self, WORKFLOW_OUTPUT, value=workflow.state_machine.state_machine_arn)
        if self._restore:
            cdk.CfnOutput(self, LOOK_OUTPUT, value=self._restore)
        cdk.CfnOutput(self, STARTER_OUTPUT, value=workflow.starter.function_name)

    def _specification(
        self,
        name: str,
        item: Customization,
        dataset: CustomizationDataset,
        bucket: TrainingDataBucket,
        key: kms.IKey | None,
    ) -> RunSpecification:
        role = CustomizationRole(
            self,
            f"{pascal(name)}Role",
            bucket=bucket.bucket,
            data_prefix=data_prefix(name),
            output_prefix=output_prefix(name),
            kms_key=key,
            media_prefix=media_prefix(name) if dataset.takes_media else None,
        )
        return RunSpecification(
            customization=name,
            alias=item.alias,
            base_model=item.base_model,
            method=item.method,
            hyperparameters=dataset.hyperparameters,
            limits=dataset.limits,
            serving=item.serving,
            deployment_name=bedrock_name(self._kit_deployment, name),
            provisioned_model_name=self._throughputs.get(name, ""),
            role_arn=role.role.role_arn,
            bucket=bucket.bucket.bucket_name,
            validation_key=dataset.validation_key(name),
            job_members=job_members(self, name, item, self._training, role.role, dataset.hyperparameters),
            method_settings=dataset.method_settings,
            promotion=_checks(item.promotion),
        )

    def _external(
        self, name: str, item: External, dataset: CustomizationDataset, bucket: TrainingDataBucket
    ) -> RunSpecification:
        specification = external_specification(
            name,
            item,
            kit_deployment=self._kit_deployment,
            bucket=bucket.bucket.bucket_name,
            dataset=dataset,
            provisioned_model_name=self._throughputs.get(name, ""),
            model_key=self._training.model_key(name),
            promotion=_checks(item.promotion),
        )
        if isinstance(item, ImportedModel):
            return imported_specification(self, item, self._training, specification)
        return specification

    def _deliver(
        self,
        specification: RunSpecification,
        dataset: CustomizationDataset,
        bucket: TrainingDataBucket,
        workflow: CustomizationWorkflow,
    ) -> None:
        name = specification.customization
        serving = self._serving(specification)
        data = upload_dataset(self, name, dataset, bucket.bucket, self._restore)
        held_out = self._evaluation_sets if specification.evaluation else []
        start = CustomizationStart(
            self,
            f"{pascal(name)}Start",
            starter=workflow.starter,
            customization=name,
            data_key=f"{data_prefix(name)}{dataset.file_name}",
            collector=self._collecting(dataset),
            collection=collection_json(dataset.collection or dataset.model_source, bucket.bucket),
            spec_hash=_promotion_hash(specification, dataset),
            restore=self._restore,
            retrain=name in self._retrain,
            retry_failed=bool(self.node.try_get_context(RETRY_CONTEXT)),
        )
        # An upload starts a run, which reads the specification, with the states that this deploy brings.
        for part in data:
            part.node.add_dependency(workflow.specifications[name], workflow.state_machine, workflow.starter)
        parts = [*data, *held_out, workflow.specifications[name], workflow.parts, *([serving] if serving else [])]
        start.node.add_dependency(*parts)
        cdk.CfnOutput(self, run_outcome_output(name), value=start.outcome)
        cdk.CfnOutput(self, run_execution_output(name), value=start.execution_arn)

    def _serving(self, specification: RunSpecification) -> Construct | None:
        name, alias = specification.customization, specification.alias
        if specification.method == IMPORT:
            return ImportedModelServing(
                self, f"{pascal(name)}Serving", kit_deployment=self._kit_deployment, customization=name, alias=alias
            )
        if specification.serving != "on-demand":
            return None
        return CustomModelDeployment(
            self,
            f"{pascal(name)}Deployment",
            kit_deployment=self._kit_deployment,
            deployment_name=specification.deployment_name,
            alias=alias,
            candidate=bool(specification.evaluation or specification.promotion),
        )

    def _collecting(self, dataset: CustomizationDataset) -> lambda_.IFunction | None:
        """The function that makes the object which starts the run, if the deploy does not upload it."""
        maker = self._reader if dataset.model_source else self._collector if dataset.collection else None
        return maker.function if maker else None


def _promotion_hash(specification: RunSpecification, dataset: CustomizationDataset) -> str:
    """Over everything that decides which model serves where: CloudFormation sees no other change of a run."""
    names = [specification.deployment_name, specification.provisioned_model_name]
    promoted = [specification.alias, specification.serving, *names]
    if specification.evaluation:
        promoted.append(specification.evaluation.settings_hash)
    parent = [specification.parent] if specification.parent else []
    content = json.dumps([dataset.specification_hash, *promoted, *parent])
    return hashlib.sha256(content.encode()).hexdigest()


def _checks(section: Promotion | None) -> PromotionChecks | None:
    """They change no model and no promotion that is done: they are in no hash."""
    if section is None:
        return None
    given = section.model_dump()
    return PromotionChecks(**{**given, "smoke_prompts": tuple(section.smoke_prompts)})


def _customer_key(scope: Construct, section: Training) -> kms.IKey | None:
    return kms.Key.from_key_arn(scope, "Key", section.kms_key_arn) if section.kms_key_arn else None
