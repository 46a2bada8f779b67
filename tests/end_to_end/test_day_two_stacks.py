"""Day two, rows about stacks: a section is removed, the deployment is renamed or moved; with the real `cdk deploy`.

Each row edits the file of the row before, runs what `make up` runs, and looks at what serves, is billed and is left.
"""

import re
from collections.abc import Callable

import pytest

from kit.deploy.absent import UNDECIDED_OR_LEFT
from tests.end_to_end.scenarios import stacks
from tests.end_to_end.scenarios.stacks import ROWS, AnotherKey, Seen, Undecided

SUFFIXES = {"budget", "model-access", "training", "provisioned-throughput", "knowledge-base", "inference-api"}

pytestmark = pytest.mark.end_to_end


def names(deployment: str, *suffixes: str) -> set[str]:
    return {f"{deployment}-{suffix}" for suffix in suffixes}


@pytest.mark.step(stacks, "another key")
def test_another_key_of_a_throughput_is_refused_before_a_deploy_and_by_cloudformation(seen: AnotherKey) -> None:
    assert re.search(r"end-to-end-spare: refused: the deployed end-to-end-reserve", seen.refused)
    assert "both would be billed" in seen.failed
    assert re.search(r"end-to-end-reserve +\w+ .* its section is gone; released", seen.said)
    assert seen.still_bought == seen.bought == ["end-to-end-reserve"]
    assert re.search(r"end-to-end-reserve +\w+ .* kept$", seen.said_of_the_deployed, re.MULTILINE)


@pytest.mark.step(stacks, "undecided")
def test_plain_cdk_deploy_leaves_it_and_nothing_is_decided_without_a_terminal(seen: Undecided) -> None:
    assert seen.stacks == names("end-to-end", *SUFFIXES)
    assert seen.exit_codes == (UNDECIDED_OR_LEFT, 0)
    assert "end-to-end-provisioned-throughput (us-east-1, UPDATE_ROLLBACK_COMPLETE): " in seen.output
    assert re.search(r"an hour; end-to-end-reserve, 1 x amazon\.nova-micro-v1:0:128k, InService", seen.output)
    assert "--remove-absent" in seen.errors
    assert "--keep-absent" in seen.errors
    assert "end-to-end-provisioned-throughput" in seen.said_of_kept
    assert seen.bought == ["end-to-end-reserve"]


def throughput_is_gone(seen: Seen) -> None:
    assert seen.served.startswith("custom-model-deployment/")
    assert seen.stacks == names("end-to-end", *(SUFFIXES - {"provisioned-throughput"}))


def documents_are_kept(seen: Seen) -> None:
    assert seen.knowledge_bases == []
    assert len([name for name in seen.buckets if "knowledgebasedocuments" in name]) == 1
    assert seen.retrieve in range(400, 500)
    assert seen.served.startswith("custom-model-deployment/")


def budget_is_gone(seen: Seen) -> None:
    assert seen.budgets == []


def base_model_serves(seen: Seen) -> None:
    """The API caches for 15 s what serves an alias; the deployment is gone, so it falls back at once."""
    assert seen.served == "amazon.nova-micro-v1:0"
    assert seen.deployments == []
    assert len(seen.models) == 1  # paid for: kept
    assert any("training" in name for name in seen.buckets)


def only_the_api_is_left(seen: Seen) -> None:
    assert seen.stacks == names("end-to-end", "inference-api")


def renamed(seen: Seen) -> None:
    assert seen.stacks == names("renamed", "inference-api")
    assert seen.served == "amazon.nova-lite-v1:0"


def moved(seen: Seen) -> None:
    assert seen.region == "us-west-2"
    assert seen.stacks == names("renamed", "inference-api")
    assert seen.east == {"CDKToolkit"}
    assert seen.served == "us.amazon.nova-lite-v1:0"


def nothing_is_left(seen: Seen) -> None:
    assert seen.stacks == set()


HOLDS: dict[str, Callable[[Seen], None]] = {
    "provisioned throughput": throughput_is_gone,
    "knowledge base": documents_are_kept,
    "budget": budget_is_gone,
    "training": base_model_serves,
    "model access": only_the_api_is_left,
    "rename": renamed,
    "region": moved,
    "inference API": nothing_is_left,
}


@pytest.mark.parametrize(
    "holds",
    [pytest.param(HOLDS[row.name], marks=pytest.mark.step(stacks, row.name), id=row.name) for row in ROWS],
)
def test_what_is_no_longer_in_the_file_is_removed(seen: Seen, holds: Callable[[Seen], None]) -> None:
    assert re.search(r"Deployed, but no longer in the file:\n.*\n.*in total .* an hour", seen.said)
    assert seen.billed == []
    holds(seen)


@pytest.mark.step(stacks, "again")
def test_another_run_finds_nothing_to_remove(seen: tuple[str, float]) -> None:
    said, seconds = seen

    assert "no longer in the file" not in said
    assert seconds < 30
