"""The function that evaluates a model before its promotion: its permissions, and what cleans up after a stopped run.

https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html (why invoking needs Get actions)
"""

from collections.abc import Collection

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs import ownership
from bedrock_constructs.customization.function import CustomizationFunction
from bedrock_constructs.customization.imported_model_rights import grant_imported_models
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from bedrock_constructs.ownership import both
from kit_contract import parameters, run_names
from kit_contract.evaluation_jobs import ROLE_VARIABLE
from kit_contract.evaluations import APPROVAL

INLINE, MANAGED = 12, 40  # ARNs of about 120 characters
BY_BEDROCK = "Bedrock chooses the ids; a tag limits what is changed or asked, and the owner's tag itself is read"


class EvaluationFunction(CustomizationFunction):
    """`invoke_arns`: the foundation models that may be asked, as what serves now or as judge, and their profiles.

    `topic_arns`: of the topics that ask for approvals. `job_role_arn`: what Bedrock assumes for evaluation jobs;
    without it there are none. `imports`: models may be imported ones.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        bucket: s3.IBucket,
        invoke_arns: Collection[str],
        topic_arns: Collection[str],
        job_role_arn: str = "",
        imports: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            handler="evaluate",
            description="Compares a custom model with what serves, before it is promoted",
            memory_mb=512,
            bucket=bucket,
            key_actions=["kms:Decrypt", "kms:GenerateDataKey"],
            environment={ROLE_VARIABLE: job_role_arn} if job_role_arn else None,
        )
        self.starts_jobs = bool(job_role_arn)
        self._kit_deployment, self._bucket = kit_deployment, bucket
        self._grant_objects()
        self._grant_candidate()
        self._grant_models(sorted(invoke_arns))
        if imports:
            grant_imported_models(self, kit_deployment, ask=True)
        self._grant_parameters()
        if topic_arns:
            self._allow_many("AskForApproval", ["sns:Publish"], list(topic_arns))
        if job_role_arn:
            self._grant_jobs(job_role_arn)

    def sweep(self, machine: sfn.StateMachine) -> events.Rule:
        """Forget the token of an execution that was stopped, failed or ran out of time."""
        return events.Rule(
            self,
            "ExecutionEnded",
            description="A training run ended early: nobody can approve its model any more",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [machine.state_machine_arn],
                    "status": ["ABORTED", "FAILED", "TIMED_OUT"],
                },
            ),
            targets=[targets.LambdaFunction(self, retry_attempts=3)],
        )

    def _grant_objects(self) -> None:
        data, runs = (self._bucket.arn_for_objects(f"{prefix}*") for prefix in (run_names.DATA, run_names.RUNS))
        by_hash = "Reports and answers of a run, named by its hash"
        self.allow("ReadHeldOut", ["s3:GetObject"], [data], acknowledgment="Datasets may have any name")
        self.allow("KeepAnswers", ["s3:GetObject", "s3:PutObject"], [runs], acknowledgment=by_hash)
        approvals = self._bucket.arn_for_objects(f"{run_names.RUNS}*/{APPROVAL}")
        self.allow("ForgetToken", ["s3:DeleteObject"], [approvals], acknowledgment=by_hash)
        only_runs = {"StringLike": {"s3:prefix": [f"{run_names.RUNS}*"]}}
        self.allow("ListAnswers", ["s3:ListBucket"], [self._bucket.bucket_arn], conditions=only_runs)

    def _grant_candidate(self) -> None:
        models, deployments = self._bedrock_arn("custom-model"), self._bedrock_arn("custom-model-deployment")
        own, maybe_own = ownership.own(self._kit_deployment), ownership.own_or_absent(self._kit_deployment)
        created = ownership.candidate_created(self._kit_deployment)
        for sid, action, resource, conditions in (
            ("Deploy", "CreateCustomModelDeployment", models, both(created, own)),
            ("UpdateModel", "UpdateCustomModelDeployment", models, own),
            ("Update", "UpdateCustomModelDeployment", deployments, own),
            ("Tag", "TagResource", deployments, both(created, maybe_own)),
            ("Look", "GetCustomModelDeployment", deployments, maybe_own),
            ("Delete", "DeleteCustomModelDeployment", deployments, own),
            ("ReadOwner", "ListTagsForResource", deployments, None),
        ):
            action = f"bedrock:{action}"
            self.allow(sid, [action], [resource], acknowledgment=BY_BEDROCK, conditions=conditions)

    def _grant_models(self, arns: list[str]) -> None:
        own = ownership.own(self._kit_deployment)
        models, deployments = self._bedrock_arn("custom-model"), self._bedrock_arn("custom-model-deployment")
        ask = ["bedrock:InvokeModel"]
        self.allow("AskOwn", ask, [deployments], acknowledgment=BY_BEDROCK, conditions=own)
        self.allow("ReadOwn", ["bedrock:GetCustomModel"], [models], acknowledgment=BY_BEDROCK, conditions=own)
        reason = "A global profile runs in any Region"
        self._allow_many("AskFoundationModels", ask, arns, reason)
        if profiles := [arn for arn in arns if "inference-profile/" in arn]:
            self._allow_many("ReadProfiles", ["bedrock:GetInferenceProfile"], profiles, reason)

    def _grant_jobs(self, role_arn: str) -> None:
        jobs = self._bedrock_arn("evaluation-job")
        own, maybe_own = ownership.own(self._kit_deployment), ownership.own_or_absent(self._kit_deployment)
        created = ownership.served_created(self._kit_deployment)
        # The role that is passed limits which models are paid for. AWS names models and profiles as the resources, and
        # who granted those was refused: docs/verification.md.
        reason = "CreateEvaluationJob is refused with the models' ARNs, and ListEvaluationJobs takes none"
        self.allow("CreateJob", ["bedrock:CreateEvaluationJob"], ["*"], acknowledgment=reason, conditions=created)
        self.allow("FindJobs", ["bedrock:ListEvaluationJobs"], ["*"], acknowledgment=reason)
        for sid, action, conditions in (
            ("TagJob", "TagResource", both(created, maybe_own)),
            ("FollowJob", "GetEvaluationJob", maybe_own),
            ("StopJob", "StopEvaluationJob", own),
        ):
            self.allow(sid, [f"bedrock:{action}"], [jobs], acknowledgment=BY_BEDROCK, conditions=conditions)
        to_bedrock = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
        self.allow("PassJobRole", ["iam:PassRole"], [role_arn], conditions=to_bedrock)

    def _allow_many(self, sid: str, actions: list[str], resources: list[str], acknowledgment: str = "") -> None:
        """More than a few in managed policies: a role's inline policies hold 10,240 characters, a managed one 6,144."""
        if len(resources) <= INLINE:
            self.allow(sid, actions, resources, acknowledgment=acknowledgment)
            return
        for number, start in enumerate(range(0, len(resources), MANAGED), start=1):
            part = resources[start : start + MANAGED]
            statement = iam.PolicyStatement(sid=sid, actions=actions, resources=part)
            assert self.role
            policy = iam.ManagedPolicy(self, f"{sid}{number}", statements=[statement], roles=[self.role])
            if acknowledgment:
                acknowledge_wildcards(policy, part, reason=acknowledgment)

    def _grant_parameters(self) -> None:
        names = (
            parameters.customization_specification(self._kit_deployment, parameters.ANY),
            parameters.alias_serving(self._kit_deployment, parameters.ANY),
        )
        stack = cdk.Stack.of(self)
        arns = [
            stack.format_arn(service="ssm", resource="parameter", resource_name=name.removeprefix("/"))
            for name in names
        ]
        reason = "Customizations and aliases of this deployment, those included that were removed during their run"
        self.allow("WhatServes", ["ssm:GetParameter"], arns, acknowledgment=reason)

    def _bedrock_arn(self, resource: str) -> str:
        return cdk.Stack.of(self).format_arn(service="bedrock", resource=resource, resource_name="*")
