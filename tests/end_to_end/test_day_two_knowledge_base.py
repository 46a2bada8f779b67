"""Day two of a knowledge base on the embedded AWS: each change of deployment.toml, and what people delete by hand.

The rows run in their order on one deployment, each with a real `cdk deploy`.
"""

import re

import pytest

from tests.end_to_end.scenarios import knowledge_base
from tests.end_to_end.scenarios.knowledge_base import ROWS, Changed, Destroyed, Refused, Row

pytestmark = pytest.mark.end_to_end
CHANGES = [
    pytest.param(
        row,
        marks=[pytest.mark.step(knowledge_base, row.id), *([pytest.mark.nightly] if row.nightly else [])],
        id=row.id,
    )
    for row in ROWS
]


@pytest.mark.step(knowledge_base, "a role that is not in effect")
def test_a_role_that_is_not_in_effect_fails_the_first_create_and_leaves_nothing(seen: Refused) -> None:
    """Which message depends on when the create runs: first the trust is missing, then the policies."""
    assert re.search(r"unable to assume the given role|is not able to call specified bedrock", seen.error), seen.error
    assert (seen.buckets, seen.knowledge_bases) == ([], [])


@pytest.mark.step(knowledge_base, "the first deploy")
def test_the_first_deploy_ingests_without_events_of_s3(seen: str) -> None:
    assert "six weeks" in seen


@pytest.mark.parametrize("row", CHANGES)
def test_the_api_answers_after_the_change(row: Row, seen: Changed) -> None:
    assert seen.same("KnowledgeBaseId") != row.replaced
    assert seen.same("DataSourceId") != (row.replaced or row.data_source_replaced)
    assert seen.same("DocumentsBucket")
    assert seen.knowledge_bases == [seen.after["KnowledgeBaseId"]]
    assert "six weeks" in seen.answer


@pytest.mark.nightly
@pytest.mark.step(knowledge_base, "the hard stop")
def test_the_hard_stop_follows_its_topic(seen: list[tuple[str | None, list[str]]]) -> None:
    assert [topic is not None for topic, _ in seen] == [True, False, True]
    assert [subscribed for _, subscribed in seen] == [[topic] if topic else [] for topic, _ in seen]


@pytest.mark.nightly
@pytest.mark.step(knowledge_base, "destroyed and deployed")
def test_a_stack_that_was_destroyed_and_deployed_again_is_followed(seen: Changed) -> None:
    """No template changes: the CDK CLI must not skip the stack that reads the parameter."""
    assert not seen.same("KnowledgeBaseId")
    assert "six weeks" in seen.answer


@pytest.mark.nightly
@pytest.mark.step(knowledge_base, "destroyed during an ingestion")
def test_destroy_stops_a_running_ingestion(seen: Destroyed) -> None:
    assert seen.job == "STOPPED"
    assert (seen.knowledge_bases, seen.buckets) == ([], [])
