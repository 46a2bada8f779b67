"""The training stack's run-time side in a world: its workflow's definition, its functions, a customization's data."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest import mock

from customization import invocation
from customization.handlers import start_run
from tests.bedrock_constructs.customization.customization_stack import workflow_template
from tests.cloudformation_harness.clients import Routed
from tests.cloudformation_harness.cloudformation import Template
from tests.cloudformation_harness.step_functions import MACHINE
from tests.cloudformation_harness.world import World
from tests.customization.aws import BUCKET, record, specification

START = "Custom::BedrockCustomizationStart"
STARTER = "starter"


@cache
def synthesized() -> tuple[dict[str, Any], dict[str, str]]:
    """The workflow's definition, and the handler behind each function's logical id."""
    resources = workflow_template().to_json()["Resources"]
    (machine,) = [item for item in resources.values() if item["Type"] == "AWS::StepFunctions::StateMachine"]
    parts = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else next(iter(part.values()))[0] for part in parts)
    text = text.replace("AWS::PartitionA", "aws")
    handlers = {
        logical_id: item["Properties"]["Handler"]
        for logical_id, item in resources.items()
        if item["Type"] == "AWS::Lambda::Function" and "customization.handlers" in item["Properties"]["Handler"]
    }
    definition: dict[str, Any] = json.loads(text)
    return definition, handlers


@contextmanager
def training(world: World) -> Iterator[None]:
    """The customization `support`, its data uploaded as data/support/one.jsonl and two.jsonl."""
    definition, handlers = synthesized()
    world.stepfunctions.definition = definition
    environ = {"KIT_DEPLOYMENT": "sup", "STATE_MACHINE_ARN": MACHINE}
    world.ssm.values["/bedrock-kit/sup/customizations/support"] = json.dumps(specification().to_json())
    for name in ("one", "two"):
        world.s3.content[BUCKET, f"data/support/{name}.jsonl"] = record(f"What of {name}?") * 3
    with (
        mock.patch.object(invocation, "client", lambda service: Routed(world, service, 5)),
        mock.patch.object(invocation, "datetime", world.dates()),
        mock.patch.object(start_run, "os", SimpleNamespace(environ=environ)),
        mock.patch.object(invocation, "sys", SimpleNamespace(stderr=world.log_stream)),
    ):
        for logical_id, name in handlers.items():
            world.functions[logical_id] = _function(name)
        world.functions[STARTER] = _function("customization.handlers.start_run.handler")
        yield


def _function(handler: str) -> Callable[[Any], Any]:
    module, _, name = handler.rpartition(".")
    return lambda event: getattr(import_module(module), name)(event, None)


def start(key: str = "one", **more: str) -> Template:
    properties = {
        "SchemaVersion": 1,
        "StarterFunctionName": STARTER,
        "Customization": "support",
        "DataKey": f"data/support/{key}.jsonl",
        "SpecHash": key,
        **more,
    }
    return {"Start": (START, properties)}


def upload_event(key: str = "one") -> dict[str, Any]:
    return {"detail": {"object": {"key": f"data/support/{key}.jsonl"}}}
