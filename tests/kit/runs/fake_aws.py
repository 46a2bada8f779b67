"""A training stack and its runs as `kit runs` reads them, behind clients that check parameters. Pages hold two."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3

from kit_contract import run_names

NOW = datetime.now(UTC).replace(microsecond=0)
ACCOUNT = "us-east-1:111122223333"
MACHINE = f"arn:aws:states:{ACCOUNT}:stateMachine:Workflow"
NOVA = "amazon.nova-micro-v1:0:128k"
FOUNDATION = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"
BUCKET = "the-bucket"
SPECIFICATION = {
    "customization": "support",
    "alias": "support-bot",
    "base_model": NOVA,
    "method": "FINE_TUNING",
    "hyperparameters": {"epochCount": "2"},
    "serving": "on-demand",
    "bucket": BUCKET,
}
ONE, TWO = "0123456789abcdef", "fedcba9876543210"
Page = dict[str, Any]


@cache
def _client(service: str) -> Any:
    """One for all tests, because making it is slow: it asks the latest FakeAws."""
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    made: Any = session.client(service)
    made.meta.events.register("before-parameter-build", lambda **given: FakeAws.latest.remember(**given))
    made.meta.events.register("before-call", lambda **given: FakeAws.latest.answer_call(**given))
    return made


class FakeAws:
    """`calls` has the name of each operation. `before`: operation -> what happens before it, and may raise Refused."""

    latest: "FakeAws"

    def __init__(self) -> None:
        self.executions: list[Page] = []
        self.histories: dict[str, list[Page]] = {}
        self.jobs: list[Page] = []
        self.models: list[Page] = []
        self.imported: list[Page] = []
        self.deployments: list[Page] = []
        self.throughputs: list[Page] = []
        self.tags: dict[str, str] = {}
        self.parameters: dict[str, str] = {}
        self.objects: dict[str, bytes] = {}
        self.outputs = {"TrainingBucket": BUCKET, "WorkflowArn": MACHINE, "RunStarter": "starter"}
        self.answer: Page = {"started": True, "reason": "attempt 2"}
        self.invoked: list[Page] = []
        self.calls: list[str] = []
        self.before: dict[str, Callable[[], None]] = {}
        FakeAws.latest = self

    @staticmethod
    def client(service: str) -> Any:
        return _client(service)

    def add_run(
        self,
        run: str = ONE,
        *,
        customization: str = "support",
        attempt: int = 1,
        status: str = "SUCCEEDED",
        ago: timedelta = timedelta(hours=2),
        error: str = "",
        cause: str = "",
        output: Page | None = None,
        chosen: str = "",
        **settings: Any,
    ) -> str:
        """An execution; returns its ARN."""
        name = run_names.execution_name(customization, run, attempt)
        arn = f"arn:aws:states:{ACCOUNT}:execution:Workflow:{name}"
        given = {
            "specification": SPECIFICATION | {"customization": customization} | settings,
            "run_id": run,
            "key": f"data/{customization}/records.jsonl",
            "dataset_sha256": "5" * 64,
            **({"chosen": chosen, "key": "", "dataset_sha256": ""} if chosen else {}),
        }
        ended = {} if status == "RUNNING" else {"stopDate": NOW - ago + timedelta(minutes=90)}
        self.executions.append(
            {
                "executionArn": arn,
                "stateMachineArn": MACHINE,
                "name": name,
                "status": status,
                "startDate": NOW - ago,
                **ended,
                "input": json.dumps(given),
                **({"output": json.dumps(output)} if output is not None else {}),
                **({"error": error} if error else {}),
                **({"cause": cause} if cause else {}),
            }
        )
        return arn

    def add_job(
        self, run: str = ONE, *, owner: str = "sup-support", attempt: str = "", status: str = "Completed", **more: Any
    ) -> str:
        arn = f"arn:aws:bedrock:{ACCOUNT}:model-customization-job/{NOVA}/{len(self.jobs):012}"
        ended = {} if status in ("InProgress", "Stopping") else {"endTime": NOW - timedelta(hours=1)}
        self.jobs.append(
            {
                "jobArn": arn,
                "jobName": f"{owner}-{run}{attempt}-20261124023000",
                "baseModelArn": FOUNDATION,
                "status": status,
                "creationTime": NOW - timedelta(hours=2),
                "customizationType": "FINE_TUNING",
                **ended,
                **more,
            }
        )
        return arn

    def add_model(self, run: str = ONE, *, owner: str = "sup-support", tagged: str = "sup") -> str:
        arn = f"arn:aws:bedrock:{ACCOUNT}:custom-model/{NOVA}/{len(self.models):012}"
        self.models.append(
            {
                "modelArn": arn,
                "modelName": f"{owner}-{run}",
                "creationTime": NOW,
                "baseModelArn": FOUNDATION,
                "baseModelName": "Nova Micro",
                "modelStatus": "Active",
            }
        )
        self.tags[arn] = tagged
        return arn

    def add_deployment(self, model: str, name: str = "sup-support") -> str:
        arn = f"arn:aws:bedrock:{ACCOUNT}:custom-model-deployment/{len(self.deployments):012}"
        self.deployments.append(
            {
                "customModelDeploymentArn": arn,
                "customModelDeploymentName": name,
                "modelArn": model,
                "createdAt": NOW,
                "status": "Active",
            }
        )
        return arn

    def set_parameter(self, name: str, value: Page) -> None:
        self.parameters[f"/bedrock-kit/sup/{name}"] = json.dumps(value)

    def put(self, run: str, name: str, value: Page, customization: str = "support") -> None:
        self.objects[f"runs/{customization}/{run}/{name}"] = json.dumps(value).encode()

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
