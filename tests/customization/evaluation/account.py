"""An account in memory behind real boto3 clients: objects, parameters, custom models, deployments, models that answer.

botocore validates the parameters of each call, then gets the answer from here instead of the network.
"""

import io
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.response import StreamingBody
from botocore.session import Session

from kit_contract.evaluations import EvaluationSpecification, Threshold
from tests.customization.aws import BUCKET, MODEL_ARN, RUN_ID, record

HELD_OUT = "data/support/evaluation/0011223344556677.jsonl"
DEPLOYMENT = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/"
SPECIFICATION = "/bedrock-kit/sup/customizations/support"
PROMOTED, SERVING = f"{SPECIFICATION}/promoted", "/bedrock-kit/sup/aliases/support-bot/serving"
OWNER = [{"key": "bedrock-kit:deployment", "value": "sup"}]
Answer = dict[str, Any]


def settings(**changes: Any) -> EvaluationSpecification:
    usual: dict[str, Any] = {
        "dataset_key": HELD_OUT,
        "metrics": {"exact_match": Threshold(0.5, 0.0)},
        "baseline": "amazon.nova-micro-v1:0",
        "prices": {"candidate": (2e-6, 4e-6), "baseline": (1e-6, 2e-6)},
    }
    return EvaluationSpecification(**{**usual, **changes})


class Refusal(Exception):
    """An error of AWS: the code, then the message."""


class Account:
    """`says(model, question)` is what a model answers; it may raise Refusal."""

    def __init__(self, records: int = 30) -> None:
        content = b"".join(record(f"Question {number}?", f"Answer {number}.") for number in range(records))
        self.objects: dict[str, bytes] = {HELD_OUT: content}
        self.parameters: dict[str, str] = {SPECIFICATION: "{}"}
        self.deployments: dict[str, dict[str, Any]] = {}
        self.model_names = {MODEL_ARN: f"sup-support-{RUN_ID}"}
        self.deleting_looks = 0  # at a deployment that is being deleted, until it is gone
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.says: Callable[[str, str], str] = self._right_if_deployed
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        client = _session().create_client(service, region_name="us-east-1")
        events, prefix = client.meta.events, client.meta.service_model.service_id.hyphenize()
        events.register_first(f"before-parameter-build.{prefix}", _keep_parameters)
        events.register_first(f"before-call.{prefix}", self._answered)  # type: ignore[arg-type]
        return client

    def deploy(self, name: str, model: str, *, status: str = "Active", tags: Any = OWNER) -> str:
        arn = f"{DEPLOYMENT}{name.replace('-', '')[:12]}"
        found = {
            "customModelDeploymentArn": arn,
            "modelDeploymentName": name,
            "modelArn": model,
            "createdAt": "2026-11-27T00:00:00Z",
            "status": status,
        }
        self.deployments[name] = {"found": found, "tags": tags}
        return arn

    def asked(self, operation: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == operation]

    @staticmethod
    def _right_if_deployed(model: str, question: str) -> str:
        """A custom model knows the answers, a foundation model does not."""
        return question.replace("Question", "Answer").replace("?", ".") if DEPLOYMENT in model else "No idea"

    def _answered(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        given = context["given"]
        with self._lock:
            self.calls.append((model.name, given))
        try:
            answer = getattr(self, f"_{model.name}")(given)
        except Refusal as refusal:
            code, message = refusal.args
            return _Http(400), {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}
        return _Http(200), {**answer, "ResponseMetadata": {}}

    def _GetObject(self, given: Answer) -> Answer:
        if given["Key"] not in self.objects:
            raise Refusal("AccessDenied", "Access Denied")
        content = self.objects[given["Key"]]
        return {"Body": StreamingBody(io.BytesIO(content), len(content))}

    def _PutObject(self, given: Answer) -> Answer:
        assert given["Bucket"] == BUCKET
        self.objects[given["Key"]] = given["Body"] if isinstance(given["Body"], bytes) else given["Body"].read()
        return {}

    def _DeleteObject(self, given: Answer) -> Answer:
        self.objects.pop(given["Key"], None)
        return {}

    def _ListObjectsV2(self, given: Answer) -> Answer:
        keys = sorted(key for key in self.objects if key.startswith(given["Prefix"]))
        return {"Contents": [{"Key": key} for key in keys[: given.get("MaxKeys", 1000)]]}

    def _GetParameter(self, given: Answer) -> Answer:
        if given["Name"] not in self.parameters:
            raise Refusal("ParameterNotFound", "")
        return {"Parameter": {"Value": self.parameters[given["Name"]]}}

    def _PutParameter(self, given: Answer) -> Answer:
        self.parameters[given["Name"]] = given["Value"]
        return {}

    def _DeleteParameters(self, given: Answer) -> Answer:
        for name in given["Names"]:
            self.parameters.pop(name, None)
        return {}

    def _find(self, identifier: str) -> dict[str, Any]:
        for name, item in self.deployments.items():
            if identifier in (name, item["found"]["customModelDeploymentArn"]):
                return item
        raise Refusal("ResourceNotFoundException", f"Custom model deployment {identifier} not found")

    def _GetCustomModelDeployment(self, given: Answer) -> Answer:
        found: Answer = self._find(given["customModelDeploymentIdentifier"])["found"]
        if found["status"] == "Deleting" and (looks := found.pop("looks")) == 0:
            del self.deployments[found["modelDeploymentName"]]
            return self._GetCustomModelDeployment(given)
        elif found["status"] == "Deleting":
            found["looks"] = looks - 1
        return {key: value for key, value in found.items() if key != "looks"}

    def _CreateCustomModelDeployment(self, given: Answer) -> Answer:
        arn = self.deploy(given["modelDeploymentName"], given["modelArn"], status="Creating", tags=given["tags"])
        return {"customModelDeploymentArn": arn}

    def _UpdateCustomModelDeployment(self, given: Answer) -> Answer:
        found = self._find(given["customModelDeploymentIdentifier"])["found"]
        found["modelArn"] = given["modelArn"]
        return {"customModelDeploymentArn": found["customModelDeploymentArn"]}

    def _DeleteCustomModelDeployment(self, given: Answer) -> Answer:
        found = self._find(given["customModelDeploymentIdentifier"])["found"]
        if found["status"] in ("Creating", "Deleting"):
            raise Refusal("ConflictException", f"is {found['status']}")
        found |= {"status": "Deleting", "looks": self.deleting_looks}
        return {}

    def _ListTagsForResource(self, given: Answer) -> Answer:
        return {"tags": self._find(given["resourceARN"])["tags"]}

    def _TagResource(self, given: Answer) -> Answer:
        item, keys = self._find(given["resourceARN"]), [tag["key"] for tag in given["tags"]]
        item["tags"] = [*(tag for tag in item["tags"] if tag["key"] not in keys), *given["tags"]]
        return {}

    def _GetCustomModel(self, given: Answer) -> Answer:
        return {"modelName": self.model_names[given["modelIdentifier"]]}

    def _Publish(self, given: Answer) -> Answer:
        return {"MessageId": "1"}

    def _Converse(self, given: Answer) -> Answer:
        text = self.says(given["modelId"], given["messages"][-1]["content"][0]["text"])
        message = {"role": "assistant", "content": [{"text": text}]}
        usage = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}
        return {"output": {"message": message}, "stopReason": "end_turn", "usage": usage}


@cache
def _session() -> Session:
    """One for all tests: reading the models of services is slow, and a session keeps them."""
    session = Session()
    session.set_credentials("test", "test")
    return session


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


def _keep_parameters(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["given"] = dict(params)
