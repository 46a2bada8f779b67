"""The training workflow: check -> customization job -> metrics -> promotion -> alias, one execution a content hash.

start      deploy (custom resource) and uploads below data/ (EventBridge) -> starter -> execution <customization>-<run id>
train      bedrock:createModelCustomizationJob.sync waits for days inside one state: no polls of ours, few events
promote    create or update what serves the alias, wait until it is ready, then publish the alias
failure    ends the execution with Bedrock's message; the served model stays as it was
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization_definition import CustomizationDefinition
from bedrock_constructs.python_function import PythonFunction
from bedrock_constructs.wildcard_reason import explain_wildcards


@dataclass(frozen=True)
class RunSpecification:
    """What every run of one customization has in common. `hyperparameters` are strings, as the API takes them."""

    customization: str
    alias: str
    base_model: str
    method: str
    hyperparameters: Mapping[str, str]
    record_format: str
    min_records: int
    max_records: int
    serving: str
    deployment_name: str
    role: iam.IRole


class CustomizationWorkflow(Construct):
    """Exposes `state_machine` and `starter` (the function that starts a run)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        bucket: s3.IBucket,
        customizations: Sequence[RunSpecification],
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = kit_deployment
        self._bucket = bucket
        self._customizations = customizations
        parameters = [self._specification_parameter(item) for item in customizations]
        check, metrics, promotion = self._check_function(), self._metrics_function(), self._promotion_function()
        self.state_machine = self._state_machine(check, metrics, promotion)
        self.starter = self._starter(parameters)
        self._start_on_upload()

    def _specification_parameter(self, item: RunSpecification) -> ssm.StringParameter:
        value = {
            "customization": item.customization,
            "alias": item.alias,
            "base_model": item.base_model,
            "method": item.method,
            "hyperparameters": dict(item.hyperparameters),
            "record_format": item.record_format,
            "min_records": item.min_records,
            "max_records": item.max_records,
            "serving": item.serving,
            "deployment_name": item.deployment_name,
            "role_arn": item.role.role_arn,
            "bucket": self._bucket.bucket_name,
            "data_prefix": f"data/{item.customization}/",
            "output_prefix": f"output/{item.customization}/",
        }
        return ssm.StringParameter(
            self,
            f"Specification-{item.customization}",
            parameter_name=f"/bedrock-kit/{self._deployment}/customizations/{item.customization}",
            string_value=cdk.Stack.of(self).to_json_string(value),
            description=f"What a training run of {item.customization} uses",
        )

    def _check_function(self) -> PythonFunction:
        function = self._function("CheckData", "check_data", "Checks training data before a job is created", 512)
        data, runs = self._bucket.arn_for_objects("data/*"), self._bucket.arn_for_objects("runs/*")
        models = [self._bedrock_arn("custom-model", "*")]
        self._allow(function, "ReadData", ["s3:GetObject"], [data], "Data of any name below the prefix is trained on")
        self._allow(function, "WriteReport", ["s3:PutObject"], [runs], "One report a run; run ids are content hashes")
        self._allow(function, "FindModel", ["bedrock:GetCustomModel"], models, "Custom model ids are given by Bedrock")
        return function

    def _metrics_function(self) -> PythonFunction:
        function = self._function("Metrics", "record_metrics", "Records the loss that a job reports", 256)
        output, runs = self._bucket.arn_for_objects("output/*"), self._bucket.arn_for_objects("runs/*")
        self._allow(function, "ReadOutput", ["s3:GetObject"], [output], "Bedrock names the folders of its output")
        self._allow(function, "WriteMetrics", ["s3:PutObject"], [runs], "One record a run; run ids are content hashes")
        function.add_to_role_policy(
            iam.PolicyStatement(
                sid="ListOutput",
                actions=["s3:ListBucket"],
                resources=[self._bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": ["output/*"]}},
            )
        )
        return function

    def _promotion_function(self) -> PythonFunction:
        function = self._function("Promotion", "promote", "Puts a custom model behind its alias", 256)
        models = [self._bedrock_arn("custom-model", "*")]
        serving = [self._bedrock_arn("custom-model-deployment", "*"), self._bedrock_arn("provisioned-model", "*")]
        reason = "Ids are given by Bedrock; whose a deployment is, its tag says, and the function checks it"
        self._allow(
            function,
            "Deploy",
            [
                "bedrock:CreateCustomModelDeployment",
                "bedrock:GetCustomModelDeployment",
                "bedrock:UpdateCustomModelDeployment",
                "bedrock:GetProvisionedModelThroughput",
                "bedrock:UpdateProvisionedModelThroughput",
                "bedrock:ListTagsForResource",
                "bedrock:TagResource",
            ],
            [*models, *serving],
            reason,
        )
        names = [f"bedrock-kit/{self._deployment}/aliases/{item.alias}/serving" for item in self._customizations]
        stack = cdk.Stack.of(self)
        aliases = [stack.format_arn(service="ssm", resource="parameter", resource_name=name) for name in names]
        function.add_to_role_policy(iam.PolicyStatement(sid="Publish", actions=["ssm:PutParameter"], resources=aliases))
        return function

    def _state_machine(
        self, check: lambda_.IFunction, metrics: lambda_.IFunction, promotion: lambda_.IFunction
    ) -> sfn.StateMachine:
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        definition = CustomizationDefinition(
            self, "States", kit_deployment=self._deployment, check=check, metrics=metrics, promotion=promotion
        )
        machine = sfn.StateMachine(
            self,
            "StateMachine",
            definition_body=sfn.DefinitionBody.from_chainable(definition.start),
            timeout=Duration.days(30),
            tracing_enabled=True,
            # Every event, but not what runs carry: no prompt and no record reaches the log.
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
        )
        self._grant_job(machine, [check, metrics, promotion])
        return machine

    def _grant_job(self, machine: sfn.StateMachine, functions: Sequence[lambda_.IFunction]) -> None:
        region, partition = cdk.Stack.of(self).region, cdk.Stack.of(self).partition
        bases = sorted({item.base_model for item in self._customizations})
        foundation = [f"arn:{partition}:bedrock:{region}::foundation-model/{base}" for base in bases]
        own = [self._bedrock_arn("custom-model", "*"), self._bedrock_arn("model-customization-job", "*")]
        # .sync describes and stops the job itself; it needs no EventBridge rule of the account's (unlike some services):
        # https://docs.aws.amazon.com/step-functions/latest/dg/bedrock-iam.html
        machine.add_to_role_policy(
            iam.PolicyStatement(
                sid="Train",
                actions=[
                    "bedrock:CreateModelCustomizationJob",
                    "bedrock:GetModelCustomizationJob",
                    "bedrock:StopModelCustomizationJob",
                    "bedrock:TagResource",
                ],
                resources=[*foundation, *own],
            )
        )
        machine.add_to_role_policy(
            iam.PolicyStatement(
                sid="PassJobRole",
                actions=["iam:PassRole"],
                resources=[item.role.role_arn for item in self._customizations],
                conditions={"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
            )
        )
        explain_wildcards(self, own, reason="Ids of jobs and models are given by Bedrock when they are created")
        versions = [f"{function.function_arn}:*" for function in functions]
        explain_wildcards(self, versions, reason="Versions and aliases of the workflow's own functions")
        reason = "X-Ray and the delivery of CloudWatch Logs have no resource-level permissions"
        Validations.of(machine).acknowledge(Acknowledgment(id="AwsSolutions-IAM5[Resource::*]", reason=reason))

    def _starter(self, parameters: Sequence[ssm.StringParameter]) -> PythonFunction:
        arn = self.state_machine.state_machine_arn
        starter = self._function(
            "Starter",
            "start_run",
            "Starts a training run when its content is new",
            512,
            {"DEPLOYMENT_NAME": self._deployment, "STATE_MACHINE_ARN": arn},
        )
        data = self._bucket.arn_for_objects("data/*")
        executions = [
            cdk.Stack.of(self).format_arn(
                service="states",
                resource="execution",
                resource_name=f"{self.state_machine.state_machine_name}:*",
                arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
            )
        ]
        reason = "Executions are named by content hash"
        self._allow(starter, "ReadData", ["s3:GetObject"], [data], "Data of any name below the prefix is trained on")
        self._allow(starter, "Follow", ["states:DescribeExecution", "states:StopExecution"], executions, reason)
        starter.add_to_role_policy(
            iam.PolicyStatement(
                sid="Start", actions=["states:StartExecution", "states:ListExecutions"], resources=[arn]
            )
        )
        starter.add_to_role_policy(
            iam.PolicyStatement(
                sid="Specification",
                actions=["ssm:GetParameter"],
                resources=[parameter.parameter_arn for parameter in parameters],
            )
        )
        return starter

    def _start_on_upload(self) -> None:
        dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        reason = "It is the dead letter queue"
        Validations.of(dead_letters).acknowledge(Acknowledgment(id="AwsSolutions-SQS3", reason=reason))
        events.Rule(
            self,
            "DataUploaded",
            description="Training data uploaded: start a run",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [self._bucket.bucket_name]}, "object": {"key": [{"prefix": "data/"}]}},
            ),
            targets=[targets.LambdaFunction(self.starter, dead_letter_queue=dead_letters, retry_attempts=3)],
        )
        self._retry_starts(dead_letters)

    def _retry_starts(self, dead_letters: sqs.Queue) -> None:
        """A start that fails after EventBridge has delivered is Lambda's to repeat; the starter is idempotent."""
        dead_letters.grant_send_messages(self.starter)
        config = self.starter.node.find_child("EventInvokeConfig").node.default_child
        assert isinstance(config, lambda_.CfnEventInvokeConfig)
        config.maximum_retry_attempts = 2
        config.destination_config = lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=dead_letters.queue_arn)
        )

    def _function(
        self, name: str, handler: str, description: str, memory_mb: int, environment: dict[str, str] | None = None
    ) -> PythonFunction:
        function = PythonFunction(
            self,
            name,
            packages=["customization", "training_data"],
            handler=f"customization.handler.{handler}",
            description=description,
            timeout=Duration.minutes(15),
            memory_mb=memory_mb,
            environment=environment,
            service_models=["bedrock"],
        )
        if self._bucket.encryption_key:
            actions = ["kms:Decrypt", "kms:GenerateDataKey"]
            through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{cdk.Stack.of(self).region}.amazonaws.com"}}
            resources = [self._bucket.encryption_key.key_arn]
            function.add_to_role_policy(
                iam.PolicyStatement(sid="UseKey", actions=actions, resources=resources, conditions=through_s3)
            )
        return function

    def _allow(self, function: PythonFunction, sid: str, actions: list[str], resources: list[str], reason: str) -> None:
        function.add_to_role_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=resources))
        explain_wildcards(self, resources, reason=reason)  # the role is beside the function, not in it

    def _bedrock_arn(self, resource: str, name: str) -> str:
        return cdk.Stack.of(self).format_arn(service="bedrock", resource=resource, resource_name=name)
