"""Ingests documents whenever they change: uploads (a deploy's too) -> queue -> one ingestion job at a time.

Bedrock runs one ingestion job a data source. The queue gathers what a deploy or a person uploads within the batching
window, so that many uploads are one job; the function waits while another job runs and reports what its own job did.
"""

import json

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from bedrock_constructs.lambda_functions.python_function import PythonFunction
from kit_contract import environment
from kit_contract.environment import DATA_SOURCE_ID, KNOWLEDGE_BASE_ID, METRIC_NAME, RESULT_PARAMETER

METRIC_NAMESPACE = "BedrockKit/KnowledgeBase"
FUNCTION_TIMEOUT = Duration.minutes(10)
# Not shorter than the function's timeout plus the batching window, or a message would be worked on twice.
VISIBILITY_TIMEOUT = Duration.minutes(16)
# A batch that waits for a job of hours comes back every 16 minutes: 20 times are 5 hours.
MAX_RECEIVE_COUNT = 20


class KnowledgeBaseIngestion(Construct):
    """Exposes `queue`, `dead_letter_queue`, `function`, `alarm`, `last_ingestion_parameter_name`.

    `batching_window_seconds` (0 to 300): how long uploads are gathered; the context value
    `ingestion_batching_seconds` overrides it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        knowledge_base_name: str,
        knowledge_base_id: str,
        knowledge_base_arn: str,
        data_source_id: str,
        documents_bucket: s3.IBucket,
        documents_prefix: str,
        batching_window_seconds: int = 20,
    ) -> None:
        super().__init__(scope, construct_id)
        self._metric_name = f"{kit_deployment}/{knowledge_base_name}"
        self.last_ingestion_parameter_name = (
            f"/bedrock-kit/{kit_deployment}/knowledge-base/{knowledge_base_name}/last-ingestion"
        )
        self._queues()
        self._function(knowledge_base_id, knowledge_base_arn, data_source_id)
        override = self.node.try_get_context("ingestion_batching_seconds")
        self._mapping(batching_window_seconds if override is None else int(override))
        self._rule(documents_bucket, documents_prefix)
        self._alarm()

    def _queues(self) -> None:
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=VISIBILITY_TIMEOUT,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letter_queue, max_receive_count=MAX_RECEIVE_COUNT),
        )

    def _function(self, knowledge_base_id: str, knowledge_base_arn: str, data_source_id: str) -> None:
        # In the template, so that it goes with the stack; CloudFormation leaves the value alone as long as this does.
        parameter = ssm.StringParameter(
            self,
            "LastIngestion",
            parameter_name=self.last_ingestion_parameter_name,
            description="Result of the latest ingestion job, written when the job ends",
            string_value=json.dumps({"status": "NEVER_RUN"}),
        )
        parameter.apply_removal_policy(RemovalPolicy.DESTROY)
        self.function = PythonFunction(
            self,
            "Function",
            handler="knowledge_base_ingestion.handler.handler",
            description="Ingests changed documents into the knowledge base",
            timeout=FUNCTION_TIMEOUT,
            environment={
                KNOWLEDGE_BASE_ID: knowledge_base_id,
                DATA_SOURCE_ID: data_source_id,
                RESULT_PARAMETER: self.last_ingestion_parameter_name,
                environment.METRIC_NAMESPACE: METRIC_NAMESPACE,
                METRIC_NAME: self._metric_name,
            },
        )
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                sid="Ingest",
                actions=["bedrock:StartIngestionJob", "bedrock:GetIngestionJob"],
                resources=[knowledge_base_arn],
            )
        )
        self.function.add_to_role_policy(
            iam.PolicyStatement(sid="Report", actions=["ssm:PutParameter"], resources=[parameter.parameter_arn])
        )

    def _mapping(self, batching_window_seconds: int) -> None:
        # What Lambda's poller needs, no more: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                sid="Poll",
                actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                resources=[self.queue.queue_arn],
            )
        )
        self.function.add_event_source_mapping(
            "Uploads",
            event_source_arn=self.queue.queue_arn,
            # More than 10 needs a window of at least 1 s.
            batch_size=1000 if batching_window_seconds else 10,
            max_batching_window=Duration.seconds(batching_window_seconds),
            max_concurrency=2,  # Lambda's smallest: one waits for its job, one gathers what came meanwhile
        )

    def _rule(self, bucket: s3.IBucket, prefix: str) -> None:
        events.Rule(
            self,
            "DocumentChanged",
            description="Documents uploaded or deleted: the knowledge base is to follow",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created", "Object Deleted"],
                detail={"bucket": {"name": [bucket.bucket_name]}, "object": {"key": [{"prefix": prefix}]}},
            ),
            targets=[targets.SqsQueue(self.queue)],
        )

    def _alarm(self) -> None:
        failures = cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name="Failures",
            dimensions_map={"KnowledgeBase": self._metric_name},
            statistic="Sum",
            period=Duration.minutes(5),
        )
        self.alarm = cloudwatch.Alarm(
            self,
            "IngestionFailed",
            alarm_description=(
                "Documents failed to be ingested, or a whole job did. "
                f"See the SSM parameter {self.last_ingestion_parameter_name} for which and why."
            ),
            metric=failures,
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
