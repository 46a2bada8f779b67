"""Day two of a knowledge base on the embedded AWS: each change of deployment.toml, and what people delete by hand.

The rows run in their order on one deployment, each with a real `cdk deploy`.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import boto3
import pytest

from kit.cdk_cli import run_cdk
from kit.local.stacks import merged_outputs
from kit_contract.errors import ExternalError
from local_aws import emulator
from tests.end_to_end.day_two_knowledge_base import Day, delete_a_document, delete_the_knowledge_base, settings
from tests.local_aws.servers import faults

pytestmark = pytest.mark.end_to_end
NAME = "sup-knowledge-base"
DELETION_BEGINS = ("IngestionStart", "DELETE_IN_PROGRESS")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("day-two")
    try:
        yield Day(folder)
    finally:
        emulator.stop(folder / "aws")
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Row:
    """`change` before the deploy; `replaced`: the knowledge base has a new id after it."""

    id: str
    change: Callable[[Day], object]
    replaced: bool = False
    data_source_replaced: bool = field(default=False)


NIGHTLY = pytest.mark.nightly
ROWS = [
    Row("nothing", lambda day: None),
    Row("dimensions", settings(dimensions=512), replaced=True),
    Row(
        "embedding_model",
        settings(dimensions=1536, embedding_model='"amazon.titan-embed-text-v1"'),
        replaced=True,
    ),
    Row("chunk_max_tokens", settings(chunk_max_tokens=100), data_source_replaced=True),
    Row("a document deleted by hand", delete_a_document),
    pytest.param(Row("the knowledge base deleted by hand", delete_the_knowledge_base, replaced=True), marks=NIGHTLY),
    pytest.param(Row("nothing after that", lambda day: None), marks=NIGHTLY),
]


def test_a_role_that_is_not_in_effect_fails_the_first_create_and_leaves_nothing(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which message depends on when the create runs: first the trust is missing, then the policies."""
    monkeypatch.setitem(day.settings, "removal", '"retain"')

    with (
        faults(day.aws.endpoint_url, "slow-roles"),
        pytest.raises(ExternalError, match=r"unable to assume the given role|is not able to call specified bedrock"),
    ):
        day.stacks.deploy(day.path, "-c", "role_propagation_seconds=0")

    assert day.buckets() == []
    assert day.knowledge_bases() == []


def test_the_first_deploy_ingests_without_events_of_s3(day: Day) -> None:
    day.deploy()

    assert "six weeks" in str(day.answer())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_api_answers_after_the_change(day: Day, row: Row) -> None:
    day.be_there()
    before = merged_outputs(day.outputs)
    row.change(day)

    day.deploy()

    after = merged_outputs(day.outputs)
    assert (before["KnowledgeBaseId"] != after["KnowledgeBaseId"]) == row.replaced
    assert (before["DataSourceId"] != after["DataSourceId"]) == (row.replaced or row.data_source_replaced)
    assert before["DocumentsBucket"] == after["DocumentsBucket"]
    assert day.knowledge_bases() == [day.id()]
    assert "six weeks" in str(day.answer())


@pytest.mark.nightly
def test_the_hard_stop_follows_its_topic(day: Day) -> None:
    for hard_stop in (True, False, True):
        day.hard_stop = hard_stop

        day.deploy()

        topics = [merged_outputs(day.outputs)["HardStopTopicArn"]] if hard_stop else []
        assert day.hard_stop_subscriptions() == topics


@pytest.mark.nightly
def test_a_stack_that_was_destroyed_and_deployed_again_is_followed(day: Day) -> None:
    """No template changes: the CDK CLI must not skip the stack that reads the parameter."""
    day.be_there()
    before = day.id()
    day.stacks.destroy(day.path, NAME)

    day.deploy()

    assert day.id() != before
    assert "six weeks" in str(day.answer())


@pytest.mark.nightly
def test_destroy_stops_a_running_ingestion(day: Day) -> None:
    """As the ingestion function does that was still at work when the destroy began."""
    day.be_there()
    started: list[str] = []
    thread = threading.Thread(target=lambda: started.append(start_during_deletion(day)))
    thread.start()

    run_cdk(
        ["destroy", "--all", "--force", *day.stacks._app(day.path)],
        environment=day.stacks.environment,
        log=day.folder / "cdk.log",
    )

    thread.join()
    ids = ingested_by(day)
    job = day.stacks.clients("bedrock-agent").get_ingestion_job(**ids, ingestionJobId=started[0])["ingestionJob"]
    assert job["status"] == "STOPPED"
    assert day.knowledge_bases() == []
    assert day.buckets() == []


def start_during_deletion(day: Day) -> str:
    """The id of the job."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    cloudformation, agent = (
        session.client(name, endpoint_url=day.aws.endpoint_url) for name in ("cloudformation", "bedrock-agent")
    )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        events = cloudformation.describe_stack_events(StackName=NAME)["StackEvents"]
        if any((e["LogicalResourceId"][:14], e["ResourceStatus"]) == DELETION_BEGINS for e in events):
            return str(agent.start_ingestion_job(**ingested_by(day))["ingestionJob"]["ingestionJobId"])
        time.sleep(0.1)
    raise AssertionError("the deletion of the ingestion's start did not begin")


def ingested_by(day: Day) -> dict[str, str]:
    merged = merged_outputs(day.outputs)
    return {"knowledgeBaseId": merged["KnowledgeBaseId"], "dataSourceId": merged["DataSourceId"]}
