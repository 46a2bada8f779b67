"""Training of custom models with all that belongs to it: bucket, records, roles, workflow, start and deployment."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.arguments import (
    NAME,
    NAME_IN_WORDS,
    check_construct,
    check_dict,
    check_each,
    check_kind,
    check_one_of,
)
from bedrock_constructs.custom_model_deployment import CustomModelDeployment
from bedrock_constructs.custom_model_key import USE, key_members, model_key_statement
from bedrock_constructs.custom_resources.bucket_files import BucketFiles
from bedrock_constructs.customization.role import CustomizationRole, grant_job
from bedrock_constructs.customization.start import CustomizationStart
from bedrock_constructs.customization.workflow import CustomizationWorkflow
from bedrock_constructs.model_customization.customization import Customization
from bedrock_constructs.names import deployment_name, tag_deployment
from bedrock_constructs.training_data_bucket import TrainingDataBucket
from kit_contract.run_names import DATA, bedrock_name, data_prefix, output_prefix
from kit_contract.runs import RunSpecification
from kit_contract.stacks import pascal
from training_data.preparation import PreparedDataset


class ModelCustomization(Construct):
    """Trains each of `customizations` (by name) at the deploy, once for each content, and serves what it promotes.

    `bucket`: an existing one; S3 must send its events to EventBridge for uploads to start runs. Otherwise it has one of
    its own, which stays when the stack is deleted, or goes with it by `removal_policy` DESTROY. `kms_key` encrypts that
    bucket, `model_key` the custom models. `role`: what Bedrock assumes for the jobs, in place of one for each.

    Exposes `bucket`, `workflow`, `alias` of each customization as `aliases`, and `kit_deployment`. A job is billed by
    what it trains: each new content is another one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        customizations: Mapping[str, Customization],
        kit_deployment: str | None = None,
        bucket: s3.IBucket | None = None,
        kms_key: kms.IKey | None = None,
        model_key: kms.IKey | None = None,
        role: iam.IRole | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, construct_id)
        check_dict("customizations", customizations, Customization, "names and Customization")
        check_each("customizations", list(customizations), NAME, NAME_IN_WORDS)
        check_construct("bucket", bucket, "an s3.IBucket, such as Bucket.from_bucket_name gives")
        check_construct("role", role, "an iam.IRole, such as Role.from_role_arn gives")
        for key, given in (("kms_key", kms_key), ("model_key", model_key)):
            check_construct(key, given, "a kms.IKey, such as Key.from_key_arn gives")
        check_kind("removal_policy", removal_policy, cdk.RemovalPolicy, "a cdk.RemovalPolicy")
        self.kit_deployment = deployment_name(self, kit_deployment)
        tag_deployment(self, self.kit_deployment)
        self._kms_key, self._model_key, self._role = kms_key, model_key, role
        self.bucket = bucket or self._own_bucket(removal_policy)
        self.aliases = {name: item.alias or name for name, item in customizations.items()}
        region = cdk.Stack.of(self).region
        offered = {
            name: item.offered("" if cdk.Token.is_unresolved(region) else region)
            for name, item in customizations.items()
        }
        specifications = {
            name: RunSpecification(
                customization=name,
                alias=self.aliases[name],
                base_model=item.base_model,
                method="FINE_TUNING",
                hyperparameters=item.values(),
                limits=offered[name].limits,
                serving="provisioned" if item.provisioned_model_name else "on-demand",
                deployment_name=bedrock_name(self.kit_deployment, name),
                provisioned_model_name=item.provisioned_model_name,
                role_arn=self._job_role(name).role_arn,
                bucket=self.bucket.bucket_name,
                job_members=self._job_members(),
            )
            for name, item in customizations.items()
        }
        self.workflow = CustomizationWorkflow(
            self,
            "Workflow",
            kit_deployment=self.kit_deployment,
            bucket=self.bucket,
            customizations=list(specifications.values()),
        )
        for name, item in customizations.items():
            self._start(specifications[name], item.prepared(name, offered[name]))

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow `grantee` to invoke the function that starts runs, which are billed."""
        return self.workflow.starter.grant_invoke(grantee)

    def grant_upload(self, grantee: iam.IGrantable, customization: str) -> iam.Grant:
        """Allow `grantee` to put records of `customization` into the bucket, each of which starts a run."""
        check_one_of("customization", customization, tuple(self.aliases))
        return self.bucket.grant_put(grantee, f"{data_prefix(customization)}*")

    def metric_failed_runs(self, **options: Any) -> cloudwatch.Metric:
        """Executions of the workflow that failed. `options` are those of Metric, such as `period`."""
        return self.workflow.state_machine.metric_failed(**options)

    def metric_succeeded_runs(self, **options: Any) -> cloudwatch.Metric:
        """Executions of the workflow that ended well. `options` are those of Metric."""
        return self.workflow.state_machine.metric_succeeded(**options)

    def _own_bucket(self, removal_policy: cdk.RemovalPolicy) -> s3.IBucket:
        destroy = removal_policy is cdk.RemovalPolicy.DESTROY
        return TrainingDataBucket(
            self,
            "TrainingData",
            kms_key=self._kms_key,
            removal="destroy" if destroy else "retain",
            allow_data_deletion=destroy,
        ).bucket

    def _job_role(self, name: str) -> iam.IRole:
        prefixes = {"data_prefix": data_prefix(name), "output_prefix": output_prefix(name)}
        if self._role:
            grant_job(self._role, bucket=self.bucket, kms_key=self._kms_key, **prefixes)
            role = self._role
        else:
            own = CustomizationRole(self, f"{pascal(name)}Role", bucket=self.bucket, kms_key=self._kms_key, **prefixes)
            role = own.role
        if self._model_key:
            key = model_key_statement(cdk.Stack.of(self), "UseModelKey", USE, [self._model_key.key_arn])
            role.add_to_principal_policy(key)
        return role

    def _job_members(self) -> dict[str, Any]:
        return key_members(self._model_key.key_arn) if self._model_key else {}

    def _start(self, item: RunSpecification, dataset: PreparedDataset) -> None:
        name, workflow = item.customization, self.workflow
        file = f"{dataset.sha256[:16]}.jsonl"
        data = BucketFiles(
            self,
            f"{pascal(name)}Data",
            files={file: (dataset.path, dataset.sha256)},
            destination=self.bucket,
            prefix=data_prefix(name),
            granted_prefix=DATA,
        )
        # An upload starts a run, which reads the specification, with the states that this deploy brings.
        data.node.add_dependency(workflow.specifications[name], workflow.state_machine, workflow.starter)
        start = CustomizationStart(
            self,
            f"{pascal(name)}Start",
            starter=workflow.starter,
            customization=name,
            data_key=f"{data_prefix(name)}{file}",
            spec_hash=_settings_hash(item, dataset),
        )
        start.node.add_dependency(data, workflow.specifications[name], workflow.parts)
        if item.serving == "on-demand":
            start.node.add_dependency(
                CustomModelDeployment(
                    self,
                    f"{pascal(name)}Deployment",
                    kit_deployment=self.kit_deployment,
                    deployment_name=item.deployment_name,
                    alias=item.alias,
                )
            )


def _settings_hash(item: RunSpecification, dataset: PreparedDataset) -> str:
    """Over everything that decides which model serves where: CloudFormation sees no other change of a run."""
    trained = [item.base_model, item.method, dict(item.hyperparameters), dataset.sha256]
    served = [item.alias, item.serving, item.deployment_name, item.provisioned_model_name]
    return hashlib.sha256(json.dumps([*trained, *served], sort_keys=True).encode()).hexdigest()
