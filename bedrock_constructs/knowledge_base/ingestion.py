"""Ingests documents when they change: S3 events and deploys -> queue -> one ingestion job at a time.

Bedrock runs one ingestion job per data source. The queue collects the uploads of a batching window, so that they share
a job. The function waits while another job runs, and reports the result of its own.
"""

import json
from typing import Any

from aws_cdk import CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct, IConstruct

from bedrock_constructs.arguments import NAME, NAME_IN_WORDS, check_construct, check_text, check_whole
from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from bedrock_constructs.knowledge_base.ingestion_schedule import IngestionSchedules
from bedrock_constructs.knowledge_base.ingestion_start import ingestion_start
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from bedrock_constructs.names import deployment_name
from kit_contract.knowledge_base_ingestion import FAILURES_METRIC, METRIC_DIMENSION, IngestionSettings
from kit_contract.parameters import last_ingestion

METRIC_NAMESPACE = "BedrockKit/KnowledgeBase"
FUNCTION_TIMEOUT = Duration.minutes(10)
# Longer than the function's timeout plus the batching window, or two invocations would get the same message.
VISIBILITY_TIMEOUT = Duration.minutes(16)
# While a long job runs, its batch returns every 16 minutes: 20 times are 5 hours.
MAX_RECEIVE_COUNT = 20


def metric_name(kit_deployment: str, knowledge_base: str) -> str:
    """The value of the metrics' dimension."""
    return f"{kit_deployment}/{knowledge_base}"


def failures_metric(kit_deployment: str, knowledge_base: str) -> cloudwatch.Metric:
    """Documents that failed to be ingested, and jobs that failed as a whole."""
    return cloudwatch.Metric(
        namespace=METRIC_NAMESPACE,
        metric_name=FAILURES_METRIC,
        dimensions_map={METRIC_DIMENSION: metric_name(kit_deployment, knowledge_base)},
        statistic="Sum",
        period=Duration.minutes(5),
    )


class KnowledgeBaseIngestion(Construct):
    """Exposes `queue`, `dead_letter_queue`, `function`, `alarm`, `last_ingestion_parameter_name`, and `starts`: where
    they are done, what replaces a data source is filled.

    `batching_window_seconds` (0 to 300): how long the queue collects uploads. The context value
    `ingestion_batching_seconds` overrides it. `knowledge_base_id_parameter`: SSM parameter from which callers read the
    id of the knowledge base. `alarm`: False if something else raises one; `alarm` is None then.
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
        knowledge_base_id_parameter: str | None = None,
        alarm: bool = True,
    ) -> None:
        super().__init__(scope, construct_id)
        deployment_name(self, kit_deployment)
        check_text("knowledge_base_name", knowledge_base_name, NAME, NAME_IN_WORDS)
        check_construct("documents_bucket", documents_bucket, "an s3.IBucket, such as Bucket.from_bucket_name gives")
        check_text(
            "documents_prefix", documents_prefix, "[^/].*", "a prefix such as documents/, with no slash at its start"
        )
        check_whole("batching_window_seconds", batching_window_seconds, 0, 300)
        self._knowledge_base_id, self._knowledge_base_arn = knowledge_base_id, knowledge_base_arn
        self._data_source_id = data_source_id
        self._schedules: IngestionSchedules | None = None
        self._id_parameter = knowledge_base_id_parameter
        self.starts: list[CustomResource] = []
        self._metric_name = metric_name(kit_deployment, knowledge_base_name)
        self._failures = failures_metric(kit_deployment, knowledge_base_name)
        self.last_ingestion_parameter_name = last_ingestion(kit_deployment, knowledge_base_name)
        self._queues()
        self._function(
            IngestionSettings(
                knowledge_base_id=knowledge_base_id,
                data_source_id=data_source_id,
                result_parameter=self.last_ingestion_parameter_name,
                metric_namespace=METRIC_NAMESPACE,
                metric_name=self._metric_name,
            ),
            knowledge_base_arn,
        )
        override = self.node.try_get_context("ingestion_batching_seconds")
        self._mapping = self._event_source_mapping(batching_window_seconds if override is None else int(override))
        self._rule = self._upload_rule(documents_bucket, documents_prefix)
        self.alarm = self._alarm() if alarm else None

    def start_after(self, documents: BucketObjects, *, tagged: str | None = None) -> None:
        """Ingest at the deploy, after the upload of `documents`. `tagged`: see ingestion_start.

        The stack's deletion takes the rule and the event source mapping first, so that nothing starts another job.
        """
        start = self._start("Start", self._data_source_id, documents.content_hash, tagged)
        function, queue = self.function.node.default_child, self.queue.node.default_child
        assert function
        assert queue
        # The resources alone: below the constructs are the mapping, and a policy that names the rule.
        start.node.add_dependency(documents.resource, queue, function)
        for source in (self._mapping, self._rule):
            source.node.add_dependency(start)

    def start_source(
        self, construct_id: str, *, data_source_id: str, content: str, tagged: str | None, schedule: str | None
    ) -> None:
        """Ingest another data source at the deploy, when `content` has changed, and by `schedule`."""
        start = self._start(f"Start{construct_id}", data_source_id, content, tagged)
        function, queue = self.function.node.default_child, self.queue.node.default_child
        assert function
        assert queue
        start.node.add_dependency(queue, function)
        starters: list[IConstruct] = [self._mapping, self._rule]
        if schedule:
            self._schedules = self._schedules or IngestionSchedules(self, "Schedules", queue=self.queue)
            starters.append(self._schedules.add(construct_id, expression=schedule, data_source_id=data_source_id))
        for starter in starters:
            starter.node.add_dependency(start)

    def _start(self, construct_id: str, data_source_id: str, content: str, tagged: str | None) -> CustomResource:
        start = ingestion_start(
            Construct(self, construct_id),
            queue=self.queue,
            knowledge_base_id=self._knowledge_base_id,
            knowledge_base_arn=self._knowledge_base_arn,
            data_source_id=data_source_id,
            content_hash=content,
            tagged=tagged,
            id_parameter=self._id_parameter,
        )
        self.starts.append(start)
        return start

    def metric_failures(self, **options: Any) -> cloudwatch.Metric:
        """Documents that were not ingested, and jobs that failed. `options` are those of Metric."""
        return self._failures.with_(**options)

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

    def _function(self, settings: IngestionSettings, knowledge_base_arn: str) -> None:
        # In the template, so that the stack deletes it. CloudFormation does not reset its changed value.
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
            environment=settings.to_environment(),
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

    def _event_source_mapping(self, batching_window_seconds: int) -> lambda_.EventSourceMapping:
        # Only what the poller needs: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                sid="Poll",
                actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                resources=[self.queue.queue_arn],
            )
        )
        return self.function.add_event_source_mapping(
            "Uploads",
            event_source_arn=self.queue.queue_arn,
            # A batch of more than 10 needs a window of at least 1 s.
            batch_size=1000 if batching_window_seconds else 10,
            max_batching_window=Duration.seconds(batching_window_seconds),
            max_concurrency=2,  # Lambda's minimum: one waits for its job, one collects new uploads
        )

    def _upload_rule(self, bucket: s3.IBucket, prefix: str) -> events.Rule:
        return events.Rule(
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

    def _alarm(self) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            "IngestionFailed",
            alarm_description=(
                "Documents failed to be ingested, or a whole job did. "
                f"See the SSM parameter {self.last_ingestion_parameter_name} for which and why."
            ),
            metric=self.metric_failures(),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
