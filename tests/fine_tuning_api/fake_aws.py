"""Bucket, parameters, executions and starter of a deployment, behind real boto3 clients: botocore checks every call."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.config import Config

from fine_tuning_api.service import Service
from kit_contract.dataset_limits import DatasetLimits
from kit_contract.run_names import execution_name
from kit_contract.runs import RunSpecification, new_run

BUCKET, DEPLOYMENT = "the-bucket", "sup"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
STATES = "arn:aws:states:us-east-1:111122223333:execution:Workflow:"
BASE = "amazon.nova-micro-v1:0:128k"
PATH = f"/bedrock-kit/{DEPLOYMENT}/customizations"
HYPERPARAMETERS = {"epochCount": "2", "learningRate": "0.00001"}
BOUNDS: dict[str, dict[str, list[float]]] = {"support": {"epochCount": [1, 5], "learningRate": [0.000001, 0.0001]}}


def specification(name: str = "support", **changes: Any) -> RunSpecification:
    unchanged: dict[str, Any] = {
        "customization": name,
        "alias": f"{name}-bot",
        "base_model": BASE,
        "method": "FINE_TUNING",
        "hyperparameters": HYPERPARAMETERS,
        "limits": DatasetLimits("converse", 2, 100),
        "serving": "on-demand",
        "deployment_name": f"sup-{name}",
        "provisioned_model_name": "",
        "role_arn": "arn:aws:iam::111122223333:role/job",
        "bucket": BUCKET,
    }
    return RunSpecification(**{**unchanged, **changes})


class Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class FakeAws:
    """`executions`: name -> status. `history`: events of all executions. `starts`: requests of the starter.

    `refusal`: what the starter says instead, with the class of its error. `gone`: executions are older than 90 days.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    modified: dict[str, datetime] = field(default_factory=dict)
    specifications: list[RunSpecification] = field(default_factory=lambda: [specification()])
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    starts: list[dict[str, Any]] = field(default_factory=list)
    refusal: tuple[str, str] | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    gone: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    ticks: int = 0

    def service(self, keys: tuple[str, ...] = ("trainer",)) -> Service:
        return Service(
            kit_deployment=DEPLOYMENT,
            bucket=BUCKET,
            starter="starter",
            keys=keys,
            bounds=BOUNDS,
            s3=self._client("s3"),
            ssm=self._client("ssm"),
            functions=self._client("lambda"),
            stepfunctions=self._client("stepfunctions"),
            clock=lambda: self._now().timestamp(),
            new_id=lambda: f"{len(self.objects):024x}",
        )

    def status(self, name: str, status: str, **more: Any) -> None:
        self.executions[name] = {"status": status, "stopDate": NOW + timedelta(hours=2), **more}
        if status == "RUNNING":
            del self.executions[name]["stopDate"]

    def put(self, key: str, value: Any) -> None:
        self.objects[key], self.modified[key] = json.dumps(value).encode(), self._now()

    def _now(self) -> datetime:
        self.ticks += 1
        return NOW + timedelta(seconds=self.ticks)

    def _client(self, service: str) -> Any:
        client: Any = _session().client(service, config=Config(retries={"total_max_attempts": 1}))
        client.meta.events.register(f"provide-client-params.{service}", _keep)
        client.meta.events.register(f"before-call.{service}", self._answer)
        return client

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        try:
            if model.name in self.errors:
                raise Refused(self.errors[model.name])
            return SimpleNamespace(status_code=200), _OPERATIONS[model.name](self, context["kit_parameters"])
        except Refused as refused:
            return SimpleNamespace(status_code=400), {"Error": {"Code": refused.code, "Message": "no"}}

    def put_object(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given["Bucket"] == BUCKET
        self.objects[given["Key"]], self.modified[given["Key"]] = bytes(given["Body"]), self._now()
        return {}

    def get_object(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["Key"] not in self.objects:  # without s3:ListBucket on the key, S3 does not say NoSuchKey
            raise Refused("AccessDenied")
        return {"Body": io.BytesIO(self.objects[given["Key"]])}

    def delete_object(self, given: dict[str, Any]) -> dict[str, Any]:
        del self.objects[given["Key"]]
        return {}

    def list_objects(self, given: dict[str, Any]) -> dict[str, Any]:
        found = [
            {"Key": key, "Size": len(self.objects[key]), "LastModified": self.modified[key]}
            for key in sorted(self.objects)
            if key.startswith(given["Prefix"])
        ]
        return {"Contents": found} if found else {}

    def list_parameters(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given == {"Path": PATH}
        values = [json.dumps(item.to_json()) for item in self.specifications]
        return {"Parameters": [{"Name": f"{PATH}/{number}", "Value": value} for number, value in enumerate(values)]}

    def invoke(self, given: dict[str, Any]) -> dict[str, Any]:
        request = json.loads(given["Payload"])
        self.starts.append(request)
        if self.refusal:
            name, message = self.refusal
            return _payload({"errorType": name, "errorMessage": message}, FunctionError="Unhandled")
        return _payload(self._cancel(request) if "cancel" in request else {**self._start(request), **self.answer})

    def describe(self, given: dict[str, Any]) -> dict[str, Any]:
        name = given["executionArn"].removeprefix(STATES)
        if self.gone or name not in self.executions:
            raise Refused("ExecutionDoesNotExist")
        return {"executionArn": given["executionArn"], "startDate": NOW, **self.executions[name]}

    def get_history(self, given: dict[str, Any]) -> dict[str, Any]:
        if self.gone:
            raise Refused("ExecutionDoesNotExist")
        return {"events": self.history[::-1] if given.get("reverseOrder") else self.history}

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        """As lambda/customization/start_run.py does it."""
        found = next(item for item in self.specifications if item.customization == request["customization"])
        own = {name: request[name] for name in ("hyperparameters", "validation_key")}
        sha256 = hashlib.sha256(self.objects[request["key"]]).hexdigest()
        run = new_run(replace(found, **own), kit_deployment=DEPLOYMENT, key=request["key"], dataset_sha256=sha256)
        attempt = 1
        while (name := execution_name(found.customization, run.run_id, attempt)) in self.executions:
            status = self.executions[name]["status"]
            if status in ("RUNNING", "SUCCEEDED"):
                same = {"started": False, "reason": f"this run is {status}", "run_id": run.run_id}
                return {**same, "execution_arn": STATES + name}
            attempt += 1
        self.status(name, "RUNNING")
        return {"started": True, "reason": "attempt", "run_id": run.run_id, "execution_arn": STATES + name}

    def _cancel(self, request: dict[str, Any]) -> dict[str, Any]:
        self.status(request["cancel"].removeprefix(STATES), "ABORTED")
        return {"stopped": 1, "in_progress": []}


@cache
def _session() -> Any:
    """One for all: it remembers the API models that it has read."""
    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")


def _keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["kit_parameters"] = dict(params)


def _payload(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(value).encode()), **more}


_OPERATIONS: dict[str, Callable[[FakeAws, dict[str, Any]], dict[str, Any]]] = {
    "PutObject": FakeAws.put_object,
    "GetObject": FakeAws.get_object,
    "DeleteObject": FakeAws.delete_object,
    "ListObjectsV2": FakeAws.list_objects,
    "GetParametersByPath": FakeAws.list_parameters,
    "Invoke": FakeAws.invoke,
    "DescribeExecution": FakeAws.describe,
    "GetExecutionHistory": FakeAws.get_history,
}
