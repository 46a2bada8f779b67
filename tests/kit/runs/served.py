"""A customization whose alias was served by three runs, as `kit runs history`, `promote` and `rollback` read it."""

import json
from collections.abc import Callable
from typing import Any

from tests.customization.aws import MODEL_ARN, stubbed

ONE, TWO, THREE = "1111111111111111", "2222222222222222", "3333333333333333"
ADA = "arn:aws:sts::111122223333:assumed-role/ml/ada"
PROMOTED = "/bedrock-kit/sup/customizations/support/promoted"
Runs = Callable[..., tuple[int, str, str]]


def version(run: str, at: str, model: str = MODEL_ARN, **more: str) -> dict[str, str]:
    return {"custom_model_arn": model, "run_id": run, "promoted_at": at, **more}


class Aws:
    """`promoted`: what the customization's parameter held, the latest last. `held_back`: run -> why."""

    def __init__(self) -> None:
        self.promoted = [version(ONE, "2026-11-24"), version(TWO, "2026-11-25"), version(THREE, "2026-11-26")]
        self.held_back: dict[str, str] = {}
        self.serving: dict[str, Any] = {}
        self.models: dict[str, str] = {MODEL_ARN: "Active"}
        self.answer: dict[str, Any] = {"started": True, "reason": "attempt 2"}
        self.invoked: list[dict[str, Any]] = []

    def client(self, service: str) -> Any:
        return getattr(self, service.replace("-", "_"))()

    def ssm(self) -> Any:
        client, stub = stubbed("ssm")
        settings = {"customization": "support", "alias": "support-bot"}
        found = {"/bedrock-kit/sup/customizations/support": settings}
        aliases = {"/bedrock-kit/sup/aliases/support-bot/serving": self.serving}
        held = {
            f"/bedrock-kit/sup/held-back/{run}/support": {"customization": "support", "reason": reason}
            for run, reason in self.held_back.items()
        }
        held["/bedrock-kit/sup/held-back/of-a-copy/copy"] = {"customization": "copy", "alias": "c", "reason": "bad"}
        for values in (found, aliases, held):
            items = [{"Name": name, "Value": json.dumps(value)} for name, value in values.items()]
            stub.add_response("get_parameters_by_path", {"Parameters": items})
        if self.promoted:
            versions = [{"Value": json.dumps(value)} for value in self.promoted]
            stub.add_response("get_parameter_history", {"Parameters": versions}, {"Name": PROMOTED})
        else:
            stub.add_client_error("get_parameter_history", "ParameterNotFound")
        return client

    def bedrock(self) -> Any:
        client, stub = stubbed("bedrock")
        for item in reversed(self.promoted[:-1]):
            status = self.models.get(item["custom_model_arn"])
            if status:
                answer = {"modelArn": MODEL_ARN, "modelName": "x", "creationTime": 0, "modelStatus": status}
                stub.add_response("get_custom_model", answer)
            else:
                stub.add_client_error("get_custom_model", "ResourceNotFoundException")
        return client

    def sts(self) -> Any:
        client, stub = stubbed("sts")
        stub.add_response("get_caller_identity", {"Arn": ADA})
        return client
