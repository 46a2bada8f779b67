"""Answers for what does not exist that the kit would misread, and lists that miss what they have: each is seen."""

from typing import Any

import pytest

from kit.verify.answers import BEDROCK
from tests.kit.verify.fake_account import FakeAccount, refused, seen

OPERATIONS = ["".join(part.capitalize() for part in name.split("_")) for name in BEDROCK]
ABSENT = refused("ResourceNotFoundException")


@pytest.mark.parametrize("operation", [*OPERATIONS, "GetKnowledgeBase"])
@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ABSENT, "holds"),
        (refused("ValidationException", "The provided model identifier is invalid."), "holds"),
        (refused("ValidationException", "1 validation error detected"), "does not hold"),
        (refused("InternalServerException"), "does not hold"),
        (refused("AccessDeniedException"), "cannot tell"),
    ],
)
def test_an_answer_that_the_kit_does_not_know_is_seen(operation: str, error: Exception, verdict: str) -> None:
    account = FakeAccount(**dict.fromkeys([*OPERATIONS, "GetKnowledgeBase"], ABSENT) | {operation: error})

    found = dict(seen("absent-in-bedrock", account))

    assert found.pop(operation) == verdict
    assert set(found.values()) == {"holds"}


def elsewhere(**changed: Exception) -> dict[str, str]:
    gone = refused("ValidationError", "Stack with id bedrock-kit-verify-absent does not exist")
    known: dict[str, Any] = {
        "DescribeStacks": gone,
        "DescribeStackResource": gone,
        "GetParameter": refused("ParameterNotFound"),
        "DescribeSecret": ABSENT,
    }
    return dict(seen("absent-elsewhere", FakeAccount(**known | changed)))


def test_each_service_has_its_own_answer() -> None:
    assert set(elsewhere().values()) == {"holds"}
    assert elsewhere(DescribeStacks=refused("ValidationError", "No such stack"))["DescribeStacks"] == "does not hold"
    assert elsewhere(GetParameter=ABSENT)["GetParameter"] == "does not hold"
    assert elsewhere(DescribeSecret=refused("AccessDeniedException"))["DescribeSecret"] == "cannot tell"


@pytest.mark.parametrize(
    ("code", "verdict"), [("404", "holds"), ("403", "cannot tell"), ("NoSuchKey", "does not hold")]
)
def test_an_absent_object_is_404(code: str, verdict: str) -> None:
    account = FakeAccount(HeadBucket={}, HeadObject=refused(code))

    assert seen("absent-object", account) == [("HeadObject", verdict)]


def test_without_a_bootstrap_bucket_there_is_no_object_to_ask_for() -> None:
    assert seen("absent-object", FakeAccount(HeadBucket=refused("404"))) == []


def models(found: list[str]) -> dict[str, Any]:
    arn = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl"
    more = {"modelArn": arn, "creationTime": "2026-11-01", "baseModelArn": arn, "baseModelName": "nova"}
    return {"modelSummaries": [{**more, "modelName": name} for name in found]}


@pytest.mark.parametrize(("again", "verdict"), [(["sup-support-1"], "holds"), ([], "does not hold")])
def test_a_list_that_misses_a_part_of_the_name_is_seen(again: list[str], verdict: str) -> None:
    def answer(params: dict[str, Any]) -> dict[str, Any]:
        return models(again if "nameContains" in str(params["query_string"]) else ["sup-support-1"])

    account = FakeAccount(ListCustomModels=answer, ListModelCustomizationJobs={"modelCustomizationJobSummaries": []})

    assert seen("found-by-part", account) == [("custom model sup-support-1", verdict)]
