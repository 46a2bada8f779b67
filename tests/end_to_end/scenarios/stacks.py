"""Steps of day two of stacks: each edits the file of the step before, runs what `make up` runs, and looks around."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from kit.deploy.absent import Decision, settle
from kit.deploy.assembly import stacks_in
from kit_contract.errors import ExternalError, InputError
from local_aws import emulator
from tests.end_to_end.day_two import SPEED
from tests.end_to_end.day_two_stacks import World, names_of, without


@contextmanager
def world(folder: Path) -> Iterator[World]:
    made = World(folder)
    try:
        emulator.start(made.state, time_scale=SPEED)
        made.up()
        yield made
    finally:
        emulator.stop(made.state)


def moved(text: str) -> str:
    return text.replace('region = "us-east-1"', 'region = "us-west-2"').replace('"amazon.nova', '"us.amazon.nova')


@dataclass(frozen=True)
class AnotherKey:
    """How the kit and CloudFormation refused it, what was said before each, and what was bought before and after."""

    refused: str
    failed: str
    said: str
    said_of_the_deployed: str
    bought: list[str]
    still_bought: list[str]


def another_key(world: World) -> AnotherKey:
    bought = world.billed_by_the_hour()
    file = world.file.with_name("another-key.toml")
    file.write_text(world.text.replace("provisioned_throughput.reserve", "provisioned_throughput.spare"), "utf-8")
    said, refused = _shown(world, file)
    failed = ""
    try:
        world.local().deploy(file)
    except ExternalError as error:
        failed = str(error)
    still = world.billed_by_the_hour()
    return AnotherKey(refused, failed, said, _shown(world, world.file)[0], bought, still)


def _shown(world: World, file: Path) -> tuple[str, str]:
    """What is said of the throughput before a deploy of the file, and why the deploy is refused."""
    refused = ""
    with redirect_stdout(StringIO()) as said:
        try:
            world.local().show_throughput(load_deployment_config(file))
        except InputError as error:
            refused = str(error)
    return said.getvalue(), refused


@dataclass(frozen=True)
class Undecided:
    """Exit codes and output without a terminal, and when told to keep."""

    stacks: set[str]
    exit_codes: tuple[int, int]
    output: str
    errors: str
    said_of_kept: str
    bought: list[str]


def undecided(world: World) -> Undecided:
    """By plain cdk deploy."""
    before = world.stacks()
    world.edit(without("provisioned_throughput"))
    with redirect_stdout(StringIO()) as output, redirect_stderr(StringIO()) as errors:
        stacks = world.local()
        absent = stacks.absent(world.file, load_deployment_config(world.file))
        stacks.deploy(world.file)
        present = stacks_in(world.state / "cdk.out")
        assert present is not None
        asked = settle(absent, present, Decision.ASK, was_known=True)  # standard input is no terminal
    with redirect_stdout(StringIO()) as kept:
        absent = world.local().absent(world.file, load_deployment_config(world.file))
        code = settle(absent, present, Decision.KEEP, was_known=True)
    return Undecided(
        before, (asked, code), output.getvalue(), errors.getvalue(), kept.getvalue(), world.billed_by_the_hour()
    )


@dataclass(frozen=True)
class Row:
    """`asks`: the alias that is called after the run; `retrieves`: whether passages are asked for."""

    name: str
    change: Callable[[str], str] | None
    asks: str = ""
    retrieves: bool = False


ROWS = [
    Row("provisioned throughput", None, asks="support-bot"),  # edited by the step before
    Row("knowledge base", without("knowledge_base"), asks="support-bot", retrieves=True),
    Row("budget", without("budget")),
    Row("training", without("training"), asks="support-bot"),
    Row("model access", without("model_access")),
    Row("rename", lambda text: text.replace('name = "end-to-end"', 'name = "renamed"'), asks="assistant"),
    Row("region", moved, asks="assistant"),
    Row("inference API", without("inference_api")),
]


@dataclass(frozen=True)
class Seen:
    """After a row's run. `served`: by what the row's alias was; `east`: stacks of us-east-1; else of the file's Region.

    `retrieve` is the status of a search, if the row has one.
    """

    said: str
    region: str
    billed: list[str]
    stacks: set[str]
    east: set[str]
    served: str
    retrieve: int | None
    knowledge_bases: list[Any]
    buckets: list[str]
    budgets: list[Any]
    deployments: list[Any]
    models: list[Any]


def change(world: World, row: Row) -> Seen:
    if row.change:
        world.edit(row.change)
    said = world.up()
    aws = world.aws
    bedrock, account = aws.client("bedrock"), aws.client("sts").get_caller_identity()["Account"]
    return Seen(
        said=said,
        region=world.outputs["region"],
        billed=world.billed_by_the_hour(),
        stacks=world.stacks(),
        east=names_of(aws.in_region("us-east-1")),
        served=world.served_by(row.asks) if row.asks else "",
        retrieve=aws.post("/retrieve", b'{"query": "limescale"}')[0] if row.retrieves else None,
        knowledge_bases=aws.client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"],
        buckets=[bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]],
        budgets=aws.client("budgets").describe_budgets(AccountId=account).get("Budgets", []),
        deployments=bedrock.list_custom_model_deployments()["modelDeploymentSummaries"],
        models=bedrock.list_custom_models()["modelSummaries"],
    )


def again(world: World) -> tuple[str, float]:
    """What it said, and the seconds that it took."""
    begun = time.monotonic()
    return world.up(), time.monotonic() - begun


STEPS: dict[str, Callable[[World], object]] = {
    "another key": another_key,
    "undecided": undecided,
    **{row.name: partial(change, row=row) for row in ROWS},
    "again": again,
}
