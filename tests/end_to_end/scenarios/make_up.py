"""Steps of the deployment that several files of tests use: `make up`, in a shell with odd variables, until its end."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import openai

from kit.cdk_cli import run_cdk
from local_aws import emulator
from tests.end_to_end.clients import client_of
from tests.end_to_end.deployed import CONFIG, Deployed, run_up
from tests.hostile_environment import HOSTILE

LAST = frozenset({"the end"})


class World:
    def __init__(self, state: Path) -> None:
        self.state = state
        self.outputs: dict[str, Any] = {}

    @property
    def deployed(self) -> Deployed:
        aws = emulator.running(self.state)
        assert aws
        return Deployed(self.outputs, aws)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    try:
        yield World(folder / "aws")
    finally:
        emulator.stop(folder / "aws")


def up(world: World) -> dict[str, Any]:
    """The outputs."""
    world.state.mkdir()
    with mock.patch.dict(os.environ, HOSTILE):
        world.outputs = run_up(world.state)
    return world.outputs


@dataclass(frozen=True)
class Beside:
    """Outputs of the other deployment, what its alias answered, and the models of the first one's API."""

    outputs: dict[str, Any]
    answer: str
    models: list[str]


def another_region(world: World) -> Beside:
    outputs = run_up(world.state, CONFIG.with_name("other.toml"))
    other = openai.OpenAI(base_url=outputs["api_url"], api_key=outputs["api_key"], max_retries=0)
    messages: Any = [{"role": "user", "content": "Hello"}]
    answer = str(other.chat.completions.create(model="llama", messages=messages).choices[0].message.content)
    return Beside(outputs, answer, [model.id for model in client_of(world.deployed).models.list()])


@dataclass(frozen=True)
class Again:
    """Outputs of both runs, what the second printed, resources before and after it, and all jobs."""

    printed: str
    first: dict[str, Any]
    outputs: dict[str, Any]
    before: dict[str, str]
    after: dict[str, str]
    jobs: int


def again(world: World) -> Again:
    before = _resources(world.deployed)
    with redirect_stdout(StringIO()) as printed:
        outputs = run_up(world.state)
    jobs = world.deployed.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]
    return Again(printed.getvalue(), world.outputs, outputs, before, _resources(world.deployed), len(jobs))


def _resources(deployed: Deployed) -> dict[str, str]:
    cloudformation = deployed.client("cloudformation")
    stacks = [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]]
    return {
        f"{stack}/{item['LogicalResourceId']}": item["PhysicalResourceId"]
        for stack in stacks
        for item in cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    }


def end(world: World) -> list[Any]:
    """What is left after a destroy."""
    deployed = world.deployed
    run_cdk(
        ["destroy", "--all", "--force", "-c", f"config={CONFIG}", "--output", str(world.state / "cdk.destroy")],
        environment=emulator.environment(deployed.aws),
        log=world.state / "cdk.log",
    )
    bedrock, agent = deployed.client("bedrock"), deployed.client("bedrock-agent")
    names = [p["Name"] for p in deployed.client("ssm").describe_parameters()["Parameters"]]
    return [
        *bedrock.list_custom_model_deployments()["modelDeploymentSummaries"],
        *bedrock.list_provisioned_model_throughputs()["provisionedModelSummaries"],
        *agent.list_knowledge_bases()["knowledgeBaseSummaries"],
        *(name for name in names if name.startswith("/bedrock-kit/") and "/aliases/" in name),
    ]


STEPS: dict[str, Callable[[World], object]] = {
    "up": up,
    "another Region": another_region,
    "again": again,
    "the end": end,
}
