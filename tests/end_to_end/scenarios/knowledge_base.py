"""Steps of day two of a knowledge base: each change of deployment.toml, and what people delete by hand."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import boto3

from kit.cdk_cli import run_cdk
from kit.local.stacks import merged_outputs
from kit_contract.errors import ExternalError
from local_aws import emulator
from tests.end_to_end.day_two_knowledge_base import Day, delete_a_document, delete_the_knowledge_base, settings
from tests.local_aws.servers import faults

NAME = "sup-knowledge-base"
DELETION_BEGINS = ("IngestionStart", "DELETE_IN_PROGRESS")


@contextmanager
def world(folder: Path) -> Iterator[Day]:
    try:
        yield Day(folder)
    finally:
        emulator.stop(folder / "aws")


@dataclass(frozen=True)
class Row:
    """`change` before the deploy; `replaced`: the knowledge base has a new id after it.

    `answers`: also while the deploy runs. `starts`: the settings that it changes, where no row before it ran.
    """

    id: str
    change: Callable[[Day], object]
    starts: Callable[[Day], object] = lambda day: None
    replaced: bool = False
    data_source_replaced: bool = False
    nightly: bool = False
    answers: bool = True


ROWS = [
    Row("nothing", lambda day: None),
    Row("dimensions", settings(dimensions=512), replaced=True),
    Row(
        "embedding_model and store",
        settings(dimensions=1536, embedding_model='"amazon.titan-embed-text-v1"', store='"opensearch-serverless"'),
        replaced=True,
    ),
    Row("chunk_max_tokens", settings(chunk_max_tokens=100), data_source_replaced=True),
    Row(
        "the store back",
        settings(store='"s3-vectors"'),
        settings(store='"opensearch-serverless"'),
        replaced=True,
        nightly=True,
    ),
    Row("a document deleted by hand", delete_a_document, answers=False),
    Row("the knowledge base deleted by hand", delete_the_knowledge_base, replaced=True, nightly=True, answers=False),
    Row("nothing after that", lambda day: None, nightly=True),
]


@dataclass(frozen=True)
class Refused:
    """How a deploy failed, and what it left."""

    error: str
    buckets: list[str]
    knowledge_bases: list[str]


def role_not_in_effect(day: Day) -> Refused:
    day.settings["removal"] = '"retain"'
    error = ""
    with faults(day.aws.endpoint_url, "slow-roles"):
        try:
            day.stacks.deploy(day.path, "-c", "role_propagation_seconds=0")
        except ExternalError as refused:
            error = str(refused)
    day.settings["removal"] = '"destroy"'
    return Refused(error, day.buckets(), day.knowledge_bases())


def first_deploy(day: Day) -> str:
    """The answer to the question."""
    day.deploy()
    return str(day.answer())


@dataclass(frozen=True)
class Changed:
    """Outputs before and after a row's deploy, and what there is then. `unanswered`: requests while it ran."""

    before: dict[str, str]
    after: dict[str, str]
    knowledge_bases: list[str]
    answer: str
    unanswered: list[str] = field(default_factory=list)

    def same(self, output: str) -> bool:
        return self.before[output] == self.after[output]


def change(day: Day, row: Row) -> Changed:
    day.be_there(row.starts)
    before = merged_outputs(day.outputs)
    row.change(day)
    with day.watch() as watch:
        day.deploy()
    unanswered = watch.faults if watch.asked else ["nothing was asked"]
    return Changed(before, merged_outputs(day.outputs), day.knowledge_bases(), str(day.answer()), unanswered)


def hard_stop(day: Day) -> list[tuple[str | None, list[str]]]:
    """On, off and on again: the topic in the outputs, and those that the hard stop subscribes to."""
    found = []
    for day.hard_stop in (True, False, True):
        day.deploy()
        topic = merged_outputs(day.outputs).get("HardStopTopicArn") if day.hard_stop else None
        found.append((topic, day.hard_stop_subscriptions()))
    return found


def destroyed_and_deployed(day: Day) -> Changed:
    day.be_there()
    before = merged_outputs(day.outputs)
    day.stacks.destroy(day.path, NAME)
    day.deploy()
    return Changed(before, merged_outputs(day.outputs), day.knowledge_bases(), str(day.answer()))


@dataclass(frozen=True)
class Destroyed:
    """What is left, and the status of the ingestion job that ran when the destroy began."""

    job: str
    buckets: list[str]
    knowledge_bases: list[str]


def destroy_during_an_ingestion(day: Day) -> Destroyed:
    """As the ingestion function does that was still at work when the destroy began."""
    day.be_there()
    started: list[str] = []
    thread = threading.Thread(target=lambda: started.append(_start_during_deletion(day)))
    thread.start()

    run_cdk(
        ["destroy", "--all", "--force", *day.stacks._app(day.path)],
        environment=day.stacks.environment,
        log=day.folder / "cdk.log",
    )

    thread.join()
    ids = _ingested_by(day)
    job = day.stacks.clients("bedrock-agent").get_ingestion_job(**ids, ingestionJobId=started[0])["ingestionJob"]
    return Destroyed(job["status"], day.buckets(), day.knowledge_bases())


def _start_during_deletion(day: Day) -> str:
    """The id of the job."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    cloudformation, agent = (
        session.client(name, endpoint_url=day.aws.endpoint_url) for name in ("cloudformation", "bedrock-agent")
    )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        events = cloudformation.describe_stack_events(StackName=NAME)["StackEvents"]
        if any((e["LogicalResourceId"][:14], e["ResourceStatus"]) == DELETION_BEGINS for e in events):
            return str(agent.start_ingestion_job(**_ingested_by(day))["ingestionJob"]["ingestionJobId"])
        time.sleep(0.1)
    raise AssertionError("the deletion of the ingestion's start did not begin")


def _ingested_by(day: Day) -> dict[str, str]:
    merged = merged_outputs(day.outputs)
    return {"knowledgeBaseId": merged["KnowledgeBaseId"], "dataSourceId": merged["DataSourceId"]}


STEPS: dict[str, Callable[[Day], object]] = {
    "a role that is not in effect": role_not_in_effect,
    "the first deploy": first_deploy,
    **{row.id: partial(change, row=row) for row in ROWS},
    "the hard stop": hard_stop,
    "destroyed and deployed": destroyed_and_deployed,
    "destroyed during an ingestion": destroy_during_an_ingestion,
}
