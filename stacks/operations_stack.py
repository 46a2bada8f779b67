"""Alarms and the dashboard: the last stack, as they watch what the others made."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from bedrock_constructs.knowledge_base.ingestion import failures_metric
from bedrock_constructs.operations.alarms import (
    ApiAlarms,
    IngestionAlarm,
    InvocationLogsAlarm,
    Thresholds,
    TrainingAlarm,
)
from bedrock_constructs.operations.dashboard import OperationsDashboard
from bedrock_constructs.operations.notifications import Notifications
from bedrock_constructs.operations.signals import ApiSignals
from deployment.config import DeploymentConfig
from deployment.costs.monitoring import target_kinds
from deployment.sections.operations import Operations
from kit_contract import parameters
from kit_contract.inference_api import PROVISIONED_THROUGHPUT
from kit_contract.inference_api_names import rest_api_name
from kit_contract.model_arns import CUSTOM_MODEL_DEPLOYMENT, FOUNDATION_MODEL, IMPORTED_MODEL, INFERENCE_PROFILE
from kit_contract.stacks import pascal
from stacks.parameter_value import parameter_value

KINDS = {
    "model": FOUNDATION_MODEL,
    "inference profile": INFERENCE_PROFILE,
    "on-demand": CUSTOM_MODEL_DEPLOYMENT,
    "provisioned": PROVISIONED_THROUGHPUT,
}
STAGE = "prod"  # the CDK's name for the stage of a RestApi


class OperationsStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        assert config.operations
        self._config, self._name = config, config.deployment.name
        self._signals = ApiSignals(self._name, rest_api_name(self._name), STAGE)
        self._workflow_arn = self._state_machine() if config.training else None
        answers = self._answer_alarms(config.operations)
        work = self._work_alarms()
        messages = self._messages(config.operations, answers, work)
        if config.operations.dashboard:
            capacity = self._capacity_alarms()
            self._dashboard([*messages, *answers, *work, *capacity])

    def _state_machine(self) -> str:
        workflow = parameter_value(self, "TrainingWorkflow", parameters.training_workflow(self._name))
        return self.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=workflow,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )

    def _answer_alarms(self, section: Operations) -> list[cloudwatch.IAlarm]:
        if not self._config.inference_api:
            return []
        thresholds = Thresholds(
            error_percent=section.error_percent,
            p99_seconds=section.p99_seconds,
            fallback_percent=section.fallback_percent,
            throttles=section.throttles,
            min_requests=section.min_requests,
        )
        alarms = ApiAlarms(self, "Api", signals=self._signals, thresholds=thresholds, kinds=self._kinds())
        return list(alarms.alarms)

    def _kinds(self) -> list[str]:
        """Of the targets that can answer: each is a metric with a price."""
        imported = {IMPORTED_MODEL} if self._config.imported_models else set()
        return sorted({KINDS[kind] for kind in target_kinds(self._config)} | imported)

    def _work_alarms(self) -> list[cloudwatch.IAlarm]:
        alarms: list[cloudwatch.IAlarm] = []
        if self._workflow_arn:
            alarms.append(TrainingAlarm(self, "Training", state_machine_arn=self._workflow_arn).alarm)
        for name in self._config.built_knowledge_bases:
            failures = failures_metric(self._name, name)
            alarms.append(IngestionAlarm(self, f"Ingestion{pascal(name)}", failures=failures, name=name).alarm)
        if self._config.invocation_logging:
            alarms.append(InvocationLogsAlarm(self, "InvocationLogs").alarm)
        return alarms

    def _capacity_alarms(self) -> list[cloudwatch.IAlarm]:
        """Only shown: it has a topic of its own."""
        if not self._config.provisioned_throughput:
            return []
        name = parameter_value(self, "CapacityAlarmName", parameters.capacity_alarm(self._name))
        return [cloudwatch.Alarm.from_alarm_name(self, "CapacityAlarm", name)]

    def _messages(
        self, section: Operations, answers: list[cloudwatch.IAlarm], work: list[cloudwatch.IAlarm]
    ) -> list[cloudwatch.IAlarm]:
        notifications = Notifications(
            self,
            "Notifications",
            kit_deployment=self._name,
            emails=section.emails,
            topic_arn=section.topic_arn,
        )
        groups = {
            "Answers": (answers, "Callers of the inference API get errors, or wait."),
            "Work": (
                work,
                "A training run, an ingestion or a delivery of logs failed. What served before goes on serving.",
            ),
        }
        return [
            notifications.one_message(
                group,
                alarms,
                f"{self._name}: {text} The alarms that this message names say what to do; the dashboard "
                f"{self._name}-operations shows since when.",
            )
            for group, (alarms, text) in groups.items()
            if alarms
        ]

    def _dashboard(self, alarms: list[cloudwatch.IAlarm]) -> None:
        board = OperationsDashboard(self, "Board", kit_deployment=self._name)
        if alarms:
            board.add_alarms(alarms)
        if self._config.inference_api:
            log_group = parameter_value(self, "InferenceApiLog", parameters.inference_api_log(self._name))
            board.add_api(self._signals, log_group, self._kinds())
        config = self._config
        board.add_work(
            state_machine_arn=self._workflow_arn,
            ingestion_failures=[failures_metric(self._name, name) for name in config.built_knowledge_bases],
            throughputs=[config.provisioned_model_name(name) for name in config.provisioned_throughput],
        )
        cdk.CfnOutput(self, "DashboardName", value=board.dashboard.dashboard_name)
