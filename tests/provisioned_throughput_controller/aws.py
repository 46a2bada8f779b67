"""Bedrock, SSM, Service Quotas, CloudWatch and SNS as one stateful fake with a virtual clock, for real boto3 clients.

The parameters and the answer of every call are checked against botocore's model. It has only what the tests need; any
other operation fails the test.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.validate import validate_parameters

from provisioned_throughput_controller.context import Context, ControllerClients, Notices
from tests.provisioned_throughput_controller.bedrock import ACCOUNT_ARN, MODEL, OWNER, FakeBedrock, Refused

NEW_MODEL = f"{ACCOUNT_ARN}:custom-model/amazon.nova-micro-v1:0:128k/bbbbbbbbbbbb"
TOPIC = "arn:aws:sns:us-east-1:111122223333:notices"
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # 08:00 in Vienna
PROPERTIES: dict[str, Any] = {
    "ProvisionedModelName": "sup-support",
    "KitDeployment": "sup",
    "ModelUnits": "1",
    "Customization": "support",
    "Alias": "bot",
    "AcceptedHourlyCostUsd": "60.5",
}
WEEKDAYS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "20:00", "time_zone": "Europe/Vienna"}


class FakeAws(FakeBedrock):
    """`now` moves with `sleep` only. `told` contains every notice."""

    def __init__(self) -> None:
        super().__init__(MONDAY)
        self.parameters: dict[str, str] = {}
        self.units_allowed: float | None = 10.0
        self.refuse_metrics: Refused | None = None
        self.told: list[str] = []
        self.before: Callable[[str], None] = lambda operation: None

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def context(self, name: str = "sup-support") -> Context:
        services = ("bedrock", "ssm", "service-quotas", "cloudwatch", "bedrock-runtime")
        clients = ControllerClients(*(self.client(service) for service in services))
        return Context(clients, Notices(self.client("sns"), TOPIC), "sup", name, lambda: self.now)

    def client(self, service: str) -> Any:
        """A real client: it checks parameters itself and raises its own errors; only the network is this fake."""
        client = _session().client(service)

        def given(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            context["given"] = params

        def answered(model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
            self.before(model.name)
            try:
                answer: dict[str, Any] = getattr(self, f"_{model.name}")(**context["given"])
            except Refused as refused:
                return SimpleNamespace(status_code=400), {"Error": {"Code": refused.code, "Message": refused.message}}
            if model.output_shape is not None:
                validate_parameters(answer, model.output_shape)
            return SimpleNamespace(status_code=200), answer

        client.meta.events.register("before-parameter-build.*.*", given)
        client.meta.events.register("before-call.*.*", answered)
        return client

    def deploy(
        self,
        *,
        ledger: dict[str, Any] | None = None,
        model: str | None = MODEL,
        promoted_at: datetime | None = None,
        **settings: Any,
    ) -> None:
        """The parameters after a deploy: settings, ledger and promoted model."""
        value = {"owner": OWNER, "properties": {**PROPERTIES, **settings.pop("properties", {})}, **settings}
        opened = {"state": "released", "since": self.now.isoformat(), "why": "waits for its schedule", "who": "test"}
        self.parameters["/bedrock-kit/sup/capacity/sup-support/settings"] = json.dumps(value)
        self.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = json.dumps(opened | (ledger or {}))
        if model:
            when = {"promoted_at": promoted_at.isoformat()} if promoted_at else {}
            promoted = json.dumps({"custom_model_arn": model} | when)
            self.parameters["/bedrock-kit/sup/customizations/support/promoted"] = promoted

    def undeploy(self) -> None:
        del self.parameters["/bedrock-kit/sup/capacity/sup-support/settings"]

    def parameter(self, path: str) -> Any:
        return json.loads(self.parameters.get(f"/bedrock-kit/sup/{path}", "null"))

    @property
    def ledger(self) -> Any:
        return self.parameter("capacity/sup-support/ledger")

    @property
    def published(self) -> Any:
        return self.parameter("aliases/bot/capacity")

    def _GetParameter(self, Name: str) -> dict[str, Any]:
        if Name not in self.parameters:
            raise Refused("ParameterNotFound")
        return {"Parameter": {"Name": Name, "Value": self.parameters[Name]}}

    def _PutParameter(self, Name: str, Value: str, **_: Any) -> dict[str, Any]:
        self.parameters[Name] = Value
        return {"Version": 1}

    def _DeleteParameter(self, Name: str) -> dict[str, Any]:
        if self.parameters.pop(Name, None) is None:
            raise Refused("ParameterNotFound")
        return {}

    def _GetServiceQuota(self, ServiceCode: str, QuotaCode: str) -> dict[str, Any]:
        if self.units_allowed is None:
            raise Refused("NoSuchResourceException")
        return {"Quota": {"ServiceCode": ServiceCode, "QuotaCode": QuotaCode, "Value": self.units_allowed}}

    def _GetMetricStatistics(self, **query: Any) -> dict[str, Any]:
        if self.refuse_metrics:
            raise self.refuse_metrics
        (dimension,) = query["Dimensions"]
        hours = [
            moment.replace(minute=0, second=0, microsecond=0)
            for moment, arn in self.invocations
            if arn == dimension["Value"] and query["StartTime"] <= moment < query["EndTime"]
        ]
        points = [{"Timestamp": hour, "Sum": float(hours.count(hour))} for hour in sorted(set(hours))]
        return {"Label": "Invocations", "Datapoints": points}

    def _Publish(self, TopicArn: str, Subject: str, Message: str) -> dict[str, Any]:
        assert TopicArn == TOPIC
        assert len(Subject) <= 100
        assert Subject.isascii()
        self.told.append(f"{Subject}: {Message}")
        return {"MessageId": "1"}


@cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
