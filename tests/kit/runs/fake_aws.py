"""What `kit runs` reads of an account, behind clients that check parameters. Pages hold two."""

import io
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3

from tests.kit.runs.fake_account import MACHINE, NOW, FakeAccount, Page


@cache
def _client(service: str) -> Any:
    """One for all tests, because making it is slow: it asks the latest FakeAws."""
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    made: Any = session.client(service)
    made.meta.events.register("before-parameter-build", lambda **given: FakeAws.latest.remember(**given))
    made.meta.events.register("before-call", lambda **given: FakeAws.latest.answer_call(**given))
    return made


class FakeAws(FakeAccount):
    """`calls` has the name of each operation. `before`: operation -> what happens before it, and may raise Refused."""

    latest: "FakeAws"

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.before: dict[str, Callable[[], None]] = {}
        FakeAws.latest = self

    @staticmethod
    def client(service: str) -> Any:
        return _client(service)

    def remember(self, params: Page, context: Page, **_: Any) -> None:
        context["given"] = dict(params)

    def answer_call(self, model: Any, context: Page, **_: Any) -> Any:
        self.calls.append(model.name)
        try:
            self.before.get(model.name, lambda: None)()
            found = getattr(self, f"_{model.name}")(**context["given"])
        except Refused as error:
            code, message, status = error.args
            return _Raw(status), {"Error": {"Code": code, "Message": message}, "ResponseMetadata": _metadata(status)}
        return _Raw(200), found

    def _DescribeStacks(self, StackName: str) -> Page:
        if StackName != "sup-training":
            raise Refused("ValidationError", f"Stack with id {StackName} does not exist", 400)
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]
        return {"Stacks": [{"StackName": StackName, "Outputs": outputs}]}

    def _ListExecutions(self, stateMachineArn: str, nextToken: str = "", **_: Any) -> Page:
        assert stateMachineArn == MACHINE
        summaries = [
            {key: value for key, value in item.items() if key not in ("input", "output", "error", "cause")}
            for item in self.executions
        ]
        return _page("executions", summaries, nextToken)

    def _DescribeExecution(self, executionArn: str) -> Page:
        return next(item for item in self.executions if item["executionArn"] == executionArn)

    def _StopExecution(self, executionArn: str, error: str, cause: str) -> Page:
        self._DescribeExecution(executionArn).update(status="ABORTED", error=error, cause=cause, stopDate=NOW)
        return {"stopDate": NOW}

    def _GetExecutionHistory(
        self, executionArn: str, reverseOrder: bool = False, nextToken: str = "", **_: Any
    ) -> Page:
        events = self.histories.get(executionArn, [])
        return {"events": events[::-1]} if reverseOrder else _page("events", events, nextToken)

    def _ListModelCustomizationJobs(
        self, nextToken: str = "", statusEquals: str = "", nameContains: str = "", **_: Any
    ) -> Page:
        found = [job for job in self.jobs if statusEquals in ("", job["status"]) and nameContains in job["jobName"]]
        return _page("modelCustomizationJobSummaries", found, nextToken)

    def _GetModelCustomizationJob(self, jobIdentifier: str) -> Page:
        return next(job for job in self.jobs if job["jobArn"] == jobIdentifier)

    def _StopModelCustomizationJob(self, jobIdentifier: str) -> Page:
        self._GetModelCustomizationJob(jobIdentifier)["status"] = "Stopping"
        return {}

    def _ListCustomModels(self, nextToken: str = "", **_: Any) -> Page:
        return _page("modelSummaries", self.models, nextToken)

    def _ListImportedModels(self, nextToken: str = "", **_: Any) -> Page:
        return _page("modelSummaries", self.imported, nextToken)

    def _GetImportedModel(self, modelIdentifier: str) -> Page:
        found = next((item for item in self.imported if item["modelArn"] == modelIdentifier), None)
        if found is None:
            raise Refused("ResourceNotFoundException", f"{modelIdentifier} not found", 404)
        return {**found, "customModelUnits": {"customModelUnitsPerModelCopy": 2}}

    def _DeleteImportedModel(self, modelIdentifier: str) -> Page:
        self._GetImportedModel(modelIdentifier)
        self.imported = [item for item in self.imported if item["modelArn"] != modelIdentifier]
        return {}

    def _DeleteCustomModel(self, modelIdentifier: str) -> Page:
        if any(item["modelArn"] == modelIdentifier for item in self.deployments):
            raise Refused("ConflictException", "the model is in use", 400)
        self.models = [item for item in self.models if item["modelArn"] != modelIdentifier]
        return {}

    def _ListCustomModelDeployments(self, modelArnEquals: str, nextToken: str = "") -> Page:
        found = [item for item in self.deployments if item["modelArn"] == modelArnEquals]
        return _page("modelDeploymentSummaries", found, nextToken)

    def _DeleteCustomModelDeployment(self, customModelDeploymentIdentifier: str) -> Page:
        self.deployments = [
            item for item in self.deployments if item["customModelDeploymentArn"] != customModelDeploymentIdentifier
        ]
        return {}

    def _GetCustomModelDeployment(self, customModelDeploymentIdentifier: str) -> Page:
        raise Refused("ResourceNotFoundException", f"{customModelDeploymentIdentifier} not found", 404)

    def _ListProvisionedModelThroughputs(self, nextToken: str = "") -> Page:
        return _page("provisionedModelSummaries", self.throughputs, nextToken)

    def _ListTagsForResource(self, resourceARN: str) -> Page:
        owner = self.tags.get(resourceARN)
        return {"tags": [{"key": "bedrock-kit:deployment", "value": owner}] if owner else []}

    def _GetParametersByPath(self, Path: str, Recursive: bool, NextToken: str = "") -> Page:
        found = [
            {"Name": name, "Value": value} for name, value in self.parameters.items() if name.startswith(f"{Path}/")
        ]
        return _page("Parameters", found, NextToken, token="NextToken")

    def _GetObject(self, Bucket: str, Key: str, **_: Any) -> Page:
        if Key not in self.objects:
            raise Refused("NoSuchKey", "The specified key does not exist.", 404)
        return {"Body": io.BytesIO(self.objects[Key])}

    def _ListObjectsV2(self, Bucket: str, Prefix: str, ContinuationToken: str = "", **_: Any) -> Page:
        keys = [key for key in sorted(self.objects) if key.startswith(Prefix)]
        found = [{"Key": key, "Size": len(self.objects[key])} for key in keys]
        start = int(ContinuationToken or 0)
        more = {"NextContinuationToken": str(start + 2), "IsTruncated": True} if start + 2 < len(found) else {}
        return {"Contents": found[start : start + 2], **more}

    def _DeleteObjects(self, Bucket: str, Delete: Page, **_: Any) -> Page:
        for item in Delete["Objects"]:
            del self.objects[item["Key"]]
        return {}

    def _Invoke(self, FunctionName: str, Payload: bytes) -> Page:
        assert FunctionName == "starter"
        self.invoked.append(json.loads(Payload))
        failed = {"FunctionError": "Unhandled"} if "errorMessage" in self.answer else {}
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **failed}


class Refused(Exception):
    """(code, message, HTTP status) of what AWS answers."""


def _page(member: str, items: list[Page], start: str, *, token: str = "nextToken") -> Page:
    first = int(start or 0)
    return {member: items[first : first + 2], **({token: str(first + 2)} if first + 2 < len(items) else {})}


def _metadata(status: int) -> Page:
    return {"HTTPStatusCode": status}


class _Raw:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
