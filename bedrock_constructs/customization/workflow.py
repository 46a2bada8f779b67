"""The training workflow: check -> customization job -> metrics -> promotion -> alias, one execution per content hash.

start      a deploy (custom resource) or an upload (EventBridge) -> starter -> execution <customization>-<run id>
train      bedrock:createModelCustomizationJob.sync waits for days in one state: no polling, few history events
promote    create or update what serves the alias, wait until it is ready, then publish the alias
failure    ends the execution with Bedrock's message; the previous model keeps serving
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct, DependencyGroup

from bedrock_constructs import ownership
from bedrock_constructs.arguments import check_construct
from bedrock_constructs.custom_model_key import USE, model_key_statement
from bedrock_constructs.customization.evaluation import EvaluationFunction
from bedrock_constructs.customization.external.kinds import used_kinds
from bedrock_constructs.customization.function import CustomizationFunction
from bedrock_constructs.customization.imported_model_rights import (
    deploys_models,
    grant_imported_models,
    imports_models,
)
from bedrock_constructs.customization.job_rights import grant_jobs, model_keys
from bedrock_constructs.customization.promotion_checks import PromotionChecksFunction
from bedrock_constructs.customization.starter import CustomizationStarter
from bedrock_constructs.customization.states import CustomizationDefinition
from bedrock_constructs.names import deployment_name
from bedrock_constructs.ownership import Conditions, both
from kit_contract import parameters, run_names
from kit_contract.runs import RunSpecification


class CustomizationWorkflow(Construct):
    """Exposes `state_machine`, `starter`, the function that starts a run, `specifications` by customization, and
    `parts`, which must exist before a run starts.

    `role_arn` and `bucket` of the specifications may be tokens; `bucket` is the bucket that they name. `evaluation` is
    needed if one of them has an evaluation.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        bucket: s3.IBucket,
        customizations: Sequence[RunSpecification],
        evaluation: EvaluationFunction | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        deployment_name(self, kit_deployment)
        check_construct("bucket", bucket, "an s3.IBucket, such as Bucket.from_bucket_name gives")
        self._kit_deployment, self._bucket = kit_deployment, bucket
        self._evaluation = evaluation
        self._customizations = customizations
        check, metrics, promotion = self._check_function(), self._metrics_function(), self._promotion_function()
        self._checks = PromotionChecksFunction(
            self, "PromotionChecks", kit_deployment=kit_deployment, bucket=bucket, customizations=customizations
        )
        self.state_machine = self._state_machine(check, metrics, promotion)
        self.specifications = {item.customization: self._specification_parameter(item) for item in customizations}
        starter = CustomizationStarter(
            self,
            "Starter",
            kit_deployment=kit_deployment,
            bucket=bucket,
            state_machine=self.state_machine,
            evaluates=evaluation is not None,
            imports=imports_models(customizations),
        )
        self.starter = starter.function
        # Not the whole construct: the specifications of all customizations are in it.
        self.parts = DependencyGroup(check, metrics, promotion, self.state_machine, starter)
        self.parts.add(*self._checks.sweep(self.state_machine))
        if evaluation:
            self.parts.add(evaluation, evaluation.sweep(self.state_machine))

    def _specification_parameter(self, item: RunSpecification) -> ssm.StringParameter:
        return ssm.StringParameter(
            self,
            f"Specification-{item.customization}",
            parameter_name=parameters.customization_specification(self._kit_deployment, item.customization),
            string_value=cdk.Stack.of(self).to_json_string(item.to_json()),
            description=f"What a training run of {item.customization} uses",
        )

    def _check_function(self) -> CustomizationFunction:
        function = CustomizationFunction(
            self,
            "CheckData",
            handler="check_data",
            description="Checks training data before a job is created",
            memory_mb=512,
            bucket=self._bucket,
            key_actions=["kms:Decrypt", "kms:GenerateDataKey"],
        )
        data, runs = self._objects(run_names.DATA), self._objects(run_names.RUNS)
        models = [self._bedrock_arn("custom-model")]
        any_name = "Datasets below the prefix may have any name"
        function.allow("ReadData", ["s3:GetObject"], [data], acknowledgment=any_name)
        by_hash = "One report per run, named by its hash"
        function.allow("WriteReport", ["s3:PutObject"], [runs], acknowledgment=by_hash)
        claims = self._objects(run_names.claim_key("*").removesuffix("*.json"))
        function.allow("ReadClaim", ["s3:GetObject"], [claims], acknowledgment="One object per run, named by its hash")
        kinds = used_kinds(self._customizations)
        jobs = [self._bedrock_arn(name) for name in ("model-customization-job", *(of for k in kinds for of in k.owned))]
        function.allow("ReadOwner", ["bedrock:ListTagsForResource"], jobs, acknowledgment="Bedrock chooses jobs' ids")
        by_bedrock, own = "Bedrock chooses models' ids", ownership.own(self._kit_deployment)
        function.allow("LookAtModel", ["bedrock:GetCustomModel"], models, acknowledgment=by_bedrock, conditions=own)
        function.allow("ReadModelOwner", ["bedrock:ListTagsForResource"], models, acknowledgment=by_bedrock)
        find = ["bedrock:ListCustomModels", "bedrock:ListModelCustomizationJobs"]
        find += [action for kind in kinds for action in kind.find]
        function.allow("FindModel", find, ["*"], acknowledgment="Listing models and jobs takes no ARN")
        if clean := [action for kind in kinds for action in kind.clean]:
            function.allow("DeleteFailedModel", clean, models, acknowledgment=by_bedrock, conditions=own)
        return function

    def _metrics_function(self) -> CustomizationFunction:
        function = CustomizationFunction(
            self,
            "Metrics",
            handler="record_metrics",
            description="Records the loss that a job reports",
            memory_mb=256,
            bucket=self._bucket,
            key_actions=["kms:Decrypt", "kms:GenerateDataKey"],
        )
        output, runs = self._objects(run_names.OUTPUT), self._objects(run_names.RUNS)
        only_output = {"StringLike": {"s3:prefix": [f"{run_names.OUTPUT}*"]}}
        function.allow("ReadOutput", ["s3:GetObject"], [output], acknowledgment="Bedrock names what a job writes")
        function.allow("WriteMetrics", ["s3:PutObject"], [runs], acknowledgment="One object per run, named by its hash")
        function.allow("ListOutput", ["s3:ListBucket"], [self._bucket.bucket_arn], conditions=only_output)
        return function

    def _promotion_function(self) -> CustomizationFunction:
        function = CustomizationFunction(
            self,
            "Promotion",
            handler="promote",
            description="Puts a custom model behind its alias",
            memory_mb=256,
            bucket=self._bucket,
        )
        self._grant_targets(function)
        if keys := model_keys(self._customizations):
            function.add_to_role_policy(model_key_statement(cdk.Stack.of(self), "UseModelKey", USE, keys))
        any_item = "Customizations and aliases of this deployment: a policy cannot name any number of them"
        function.allow("Publish", ["ssm:PutParameter"], self._published_parameters(), acknowledgment=any_item)
        settings = self._parameter_arn(parameters.customization_specification(self._kit_deployment, parameters.ANY))
        reason = "Customizations of this deployment, those included that were removed during their run"
        function.allow("LookWhetherRemoved", ["ssm:GetParameter"], [settings], acknowledgment=reason)
        return function

    def _grant_targets(self, function: CustomizationFunction) -> None:
        models, deployments = self._bedrock_arn("custom-model"), self._bedrock_arn("custom-model-deployment")
        throughputs = self._bedrock_arn("provisioned-model")
        own, maybe_own = ownership.own(self._kit_deployment), ownership.own_or_absent(self._kit_deployment)
        created = ownership.served_created(self._kit_deployment)

        def allow(sid: str, action: str, resources: Sequence[str], conditions: Conditions | None = None) -> None:
            reason = "Bedrock chooses the ids; a tag limits what is changed or read, and the owner's tag itself is read"
            function.allow(sid, [f"bedrock:{action}"], resources, acknowledgment=reason, conditions=conditions)

        owned = []
        if imports_models(self._customizations):
            grant_imported_models(function, self._kit_deployment)
        if deploys_models(self._customizations):
            allow("Deploy", "CreateCustomModelDeployment", [models], both(created, own))
            allow("UpdateDeployment", "UpdateCustomModelDeployment", [models, deployments], own)
            allow("ReadDeployment", "GetCustomModelDeployment", [deployments], maybe_own)
            allow("TagDeployment", "TagResource", [deployments], both(created, maybe_own))
            owned.append(deployments)
        if any(item.provisioned_model_name for item in self._customizations):
            allow("Swap", "UpdateProvisionedModelThroughput", [models, throughputs], own)
            allow("ReadThroughput", "GetProvisionedModelThroughput", [throughputs], maybe_own)
            owned.append(throughputs)
        if owned:
            allow("ReadOwner", "ListTagsForResource", owned)

    def _published_parameters(self) -> list[str]:
        names = [parameters.customization_promoted(self._kit_deployment, parameters.ANY)]
        if any(item.serving == "on-demand" for item in self._customizations):
            names.append(parameters.alias_serving(self._kit_deployment, parameters.ANY))
        return [self._parameter_arn(name) for name in names]

    def _parameter_arn(self, name: str) -> str:
        return cdk.Stack.of(self).format_arn(service="ssm", resource="parameter", resource_name=name.removeprefix("/"))

    def _state_machine(
        self, check: lambda_.IFunction, metrics: lambda_.IFunction, promotion: lambda_.IFunction
    ) -> sfn.StateMachine:
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        definition = CustomizationDefinition(
            self,
            "States",
            kit_deployment=self._kit_deployment,
            customizations=self._customizations,
            check=check,
            metrics=metrics,
            promotion=promotion,
            checks=self._checks,
            evaluation=self._evaluation,
        )
        machine = sfn.StateMachine(
            self,
            "StateMachine",
            definition_body=sfn.DefinitionBody.from_chainable(definition.start),
            timeout=Duration.days(30),
            tracing_enabled=True,
            # All events without their data: no prompt and no record reaches the log.
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
        )
        evaluation = [self._evaluation] if self._evaluation else []
        functions = [check, metrics, promotion, self._checks, *evaluation]
        grant_jobs(self, machine, self._kit_deployment, self._customizations, functions)
        return machine

    def _objects(self, prefix: str) -> str:
        return self._bucket.arn_for_objects(f"{prefix}*")

    def _bedrock_arn(self, resource: str) -> str:
        return cdk.Stack.of(self).format_arn(service="bedrock", resource=resource, resource_name="*")
