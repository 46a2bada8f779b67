"""Starts runs of the training workflow: on every upload to data/, and when a deploy invokes it.

upload -> EventBridge -> function -> StartExecution. Events that cannot be delivered or that fail three times stay in a
dead-letter queue for 14 days. The function is idempotent by content, so retries are safe.
"""

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs import ownership
from bedrock_constructs.customization.function import CustomizationFunction
from bedrock_constructs.customization.imported_model_rights import grant_imported_models
from bedrock_constructs.nag_acknowledgments import acknowledge
from kit_contract import parameters, run_names
from kit_contract.environment import KIT_DEPLOYMENT, STATE_MACHINE_ARN
from kit_contract.evaluations import REPORT


class CustomizationStarter(Construct):
    """Exposes `function` and `dead_letter_queue`. `evaluates`: what an evaluation decided is not started again.

    `imports`: models may be imported ones.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        bucket: s3.IBucket,
        state_machine: sfn.StateMachine,
        evaluates: bool = False,
        imports: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = CustomizationFunction(
            self,
            "Function",
            handler="start_run",
            description="Starts a training run when its content is new",
            memory_mb=512,
            bucket=bucket,
            key_actions=["kms:Decrypt", "kms:GenerateDataKey"],
            environment={KIT_DEPLOYMENT: kit_deployment, STATE_MACHINE_ARN: state_machine.state_machine_arn},
        )
        self._grant(bucket, state_machine, kit_deployment)
        if evaluates:
            self._grant_verdicts(bucket)
        if imports:
            grant_imported_models(self.function, kit_deployment, find=True)
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        acknowledge(self.dead_letter_queue, "AwsSolutions-SQS3", reason="It is the dead-letter queue")
        self._start_on_upload(bucket)
        self._retry_failures()

    def _grant(self, bucket: s3.IBucket, state_machine: sfn.StateMachine, kit_deployment: str) -> None:
        executions = cdk.Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{state_machine.state_machine_name}:*",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        self.function.allow(
            "ReadData",
            ["s3:GetObject"],
            [bucket.arn_for_objects(f"{run_names.DATA}*")],
            acknowledgment="Datasets below the prefix may have any name",
        )
        turns = bucket.arn_for_objects(run_names.turn_key("*"))
        turn_actions = ["s3:GetObject", "s3:PutObject"]
        self.function.allow("TakeTurn", turn_actions, [turns], acknowledgment="One object per customization")
        self.function.allow(
            "Follow",
            ["states:DescribeExecution", "states:StopExecution"],
            [executions],
            acknowledgment="Executions are named by the hash of their content",
        )
        start = ["states:StartExecution", "states:ListExecutions"]
        self.function.allow("Start", start, [state_machine.state_machine_arn])
        self._grant_bedrock(kit_deployment)
        self._grant_parameters(kit_deployment)

    def _grant_verdicts(self, bucket: s3.IBucket) -> None:
        reports = bucket.arn_for_objects(f"{run_names.RUNS}*/{REPORT}")
        self.function.allow("ReadVerdict", ["s3:GetObject"], [reports], acknowledgment="One report a run")
        only_runs = {"StringLike": {"s3:prefix": [f"{run_names.RUNS}*"]}}
        self.function.allow("LookForVerdict", ["s3:ListBucket"], [bucket.bucket_arn], conditions=only_runs)

    def _grant_bedrock(self, kit_deployment: str) -> None:
        stack = cdk.Stack.of(self)
        own, maybe_own = ownership.own(kit_deployment), ownership.own_or_absent(kit_deployment)
        jobs, models, deployments, throughputs = (
            stack.format_arn(service="bedrock", resource=resource, resource_name="*")
            for resource in (
                "model-customization-job",
                "custom-model",
                "custom-model-deployment",
                "provisioned-model",
            )
        )
        reason = "Bedrock chooses the ids; a tag limits what is changed or read, and the owner's tag itself is read"
        stop = ["bedrock:StopModelCustomizationJob"]
        self.function.allow("StopJobs", stop, [jobs], acknowledgment=reason, conditions=own)
        self.function.allow("ReadOwner", ["bedrock:ListTagsForResource"], [jobs, models], acknowledgment=reason)
        self.function.allow(
            "FindJobs",
            ["bedrock:ListModelCustomizationJobs", "bedrock:ListCustomModels"],
            ["*"],
            acknowledgment="Listing jobs and models takes no ARN",
        )
        for sid, action, resource in (
            ("LookAtDeployment", "bedrock:GetCustomModelDeployment", deployments),
            ("LookAtThroughput", "bedrock:GetProvisionedModelThroughput", throughputs),
        ):
            self.function.allow(sid, [action], [resource], acknowledgment=reason, conditions=maybe_own)

    def _grant_parameters(self, kit_deployment: str) -> None:
        """Of all customizations and aliases: one that is removed is stopped after the grants have changed."""
        specifications, promoted, serving, held_back = (
            cdk.Stack.of(self).format_arn(service="ssm", resource="parameter", resource_name=name.removeprefix("/"))
            for name in (
                parameters.customization_specification(kit_deployment, parameters.ANY),
                parameters.customization_promoted(kit_deployment, parameters.ANY),
                parameters.alias_serving(kit_deployment, parameters.ANY),
                parameters.held_back(kit_deployment, parameters.ANY),
            )
        )
        reason = "Customizations and aliases of this deployment, those included that are being removed"
        self.function.allow("Look", ["ssm:GetParameter"], [specifications, serving, held_back], acknowledgment=reason)
        self.function.allow("FindHolds", ["ssm:GetParametersByPath"], [held_back], acknowledgment=reason)
        write = ["ssm:PutParameter", "ssm:DeleteParameters"]
        self.function.allow("Decide", write, [promoted, serving, held_back], acknowledgment=reason)

    def _start_on_upload(self, bucket: s3.IBucket) -> None:
        events.Rule(
            self,
            "DataUploaded",
            description="Training data uploaded: start a run",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [bucket.bucket_name]}, "object": {"key": [{"prefix": run_names.DATA}]}},
            ),
            targets=[targets.LambdaFunction(self.function, dead_letter_queue=self.dead_letter_queue, retry_attempts=3)],
        )

    def _retry_failures(self) -> None:
        """Lambda, not EventBridge, retries a start that fails after delivery."""
        self.function.allow("ReportFailure", ["sqs:SendMessage"], [self.dead_letter_queue.queue_arn])
        config = self.function.node.find_child("EventInvokeConfig").node.default_child
        assert isinstance(config, lambda_.CfnEventInvokeConfig)
        config.maximum_retry_attempts = 2
        config.destination_config = lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=self.dead_letter_queue.queue_arn)
        )
