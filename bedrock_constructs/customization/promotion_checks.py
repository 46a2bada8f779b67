"""The function that checks a model before and after its promotion, with the rights that the settings need.

What ends a check is always allowed: the settings may be removed while one runs.
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html (why invoking needs Get actions)
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs import ownership
from bedrock_constructs.custom_model_key import USE, model_key_statement
from bedrock_constructs.customization.function import CustomizationFunction
from bedrock_constructs.customization.imported_model_rights import grant_imported_models
from bedrock_constructs.customization.job_rights import model_keys
from bedrock_constructs.ownership import Conditions, both
from kit_contract import parameters
from kit_contract.external_models import IMPORT
from kit_contract.parameters import ANY
from kit_contract.runs import RunSpecification

BY_BEDROCK = "Bedrock chooses the ids; a tag limits what is changed or read, and the owner's tag itself is read"
ANY_ITEM = "Customizations, aliases and runs of this deployment: a policy cannot name any number of them"


class PromotionChecksFunction(CustomizationFunction):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        bucket: s3.IBucket,
        customizations: Sequence[RunSpecification],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            handler="promotion_checks",
            description="Checks a custom model before and after it serves an alias",
            memory_mb=256,
            bucket=bucket,
        )
        self._kit_deployment = kit_deployment
        checks = [item.promotion for item in customizations if item.promotion]
        self._is_measured = any(item.canary_percent or item.watch_minutes for item in checks)
        self._has_candidates = any(item.needs_candidate for item in checks) or any(
            item.evaluation for item in customizations
        )
        self._grant_ending()
        if any(item.needs_candidate for item in checks):
            self._grant_candidate()
            if keys := model_keys(customizations):
                self.add_to_role_policy(model_key_statement(cdk.Stack.of(self), "UseModelKey", USE, keys))
        imported = [item.promotion for item in customizations if item.promotion and item.method == IMPORT]
        asked = any(item.needs_candidate for item in imported)
        kept = any(item.keep_models for item in imported)
        if asked or kept:
            grant_imported_models(self, kit_deployment, look=asked, ask=asked, delete=kept)
        if self._is_measured:
            self._allow("Measure", "cloudwatch:GetMetricData", ["*"], reason="GetMetricData takes no ARN")
        if any(item.keep_models for item in checks):
            self._grant_old_models()

    def sweep(self, machine: sfn.StateMachine) -> list[events.Rule]:
        """Close the canary of an execution that was stopped or ran out of time, then delete its candidate. One that
        failed has done so, unless that failed too.
        """
        if not (self._is_measured or self._has_candidates):
            return []
        rule = events.Rule(
            self,
            "ExecutionStopped",
            description="A training run ended early: end its canary and its watch, delete its candidate",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={"stateMachineArn": [machine.state_machine_arn], "status": ["ABORTED", "FAILED", "TIMED_OUT"]},
            ),
            targets=[targets.LambdaFunction(self, retry_attempts=3)],
        )
        return [rule]

    def _grant_ending(self) -> None:
        specification, promoted, serving, held_back = (
            self._parameter(name(self._kit_deployment, ANY))
            for name in (
                parameters.customization_specification,
                parameters.customization_promoted,
                parameters.alias_serving,
                parameters.held_back,
            )
        )
        self._allow("Look", "ssm:GetParameter", [specification, serving], reason=ANY_ITEM)  # `promoted` is below
        self._allow("Write", "ssm:PutParameter", [serving, promoted, held_back], reason=ANY_ITEM)
        self._allow("ReturnToBase", "ssm:DeleteParameters", [serving], reason=ANY_ITEM)
        deployments, maybe_own = self._bedrock_arn("custom-model-deployment"), self._maybe_own()
        self._allow("ReadDeployment", "bedrock:GetCustomModelDeployment", [deployments], maybe_own)
        self._allow("DeleteCandidate", "bedrock:DeleteCustomModelDeployment", [deployments], self._own())
        self._allow("ReadOwner", "bedrock:ListTagsForResource", [deployments])

    def _grant_candidate(self) -> None:
        models, deployments = self._bedrock_arn("custom-model"), self._bedrock_arn("custom-model-deployment")
        own, created = self._own(), ownership.candidate_created(self._kit_deployment)
        self._allow("Deploy", "bedrock:CreateCustomModelDeployment", [models], both(created, own))
        self._allow("UpdateCandidate", "bedrock:UpdateCustomModelDeployment", [models, deployments], own)
        self._allow("TagCandidate", "bedrock:TagResource", [deployments], both(created, self._maybe_own()))
        self._allow("Ask", "bedrock:InvokeModel", [deployments], own)
        self._allow("ReadModel", "bedrock:GetCustomModel", [models], own)

    def _grant_old_models(self) -> None:
        models = self._bedrock_arn("custom-model")
        self._allow("DeleteOldModels", "bedrock:DeleteCustomModel", [models], self._own())
        self._allow("ReadModelOwner", "bedrock:ListTagsForResource", [models])
        self._allow("FindJobs", "bedrock:ListModelCustomizationJobs", ["*"], reason="Listing jobs takes no ARN")
        promoted = self._parameter(parameters.customization_promoted(self._kit_deployment, ANY))
        self._allow("WhatServed", "ssm:GetParameterHistory", [promoted], reason=ANY_ITEM)
        path = self._parameter(parameters.deployment_path(self._kit_deployment))
        self._allow("WhatIsUsed", "ssm:GetParametersByPath", [path], reason=ANY_ITEM)

    def _allow(
        self,
        sid: str,
        action: str,
        resources: Sequence[str],
        conditions: Conditions | None = None,
        *,
        reason: str = BY_BEDROCK,
    ) -> None:
        self.allow(sid, [action], resources, acknowledgment=reason, conditions=conditions)

    def _own(self) -> Conditions:
        return ownership.own(self._kit_deployment)

    def _maybe_own(self) -> Conditions:
        return ownership.own_or_absent(self._kit_deployment)

    def _parameter(self, name: str) -> str:
        stack = cdk.Stack.of(self)
        return stack.format_arn(service="ssm", resource="parameter", resource_name=name.removeprefix("/"))

    def _bedrock_arn(self, resource: str) -> str:
        return cdk.Stack.of(self).format_arn(service="bedrock", resource=resource, resource_name="*")
