"""The API follows a knowledge base that a deploy replaces: it reads the id now and then, and asks SSM no more often."""

import json
from typing import Any

import pytest

from inference_api.knowledge_base_ids import KnowledgeBaseIds
from kit_contract.inference_api import KnowledgeBase, Model
from tests.inference_api.conftest import MICRO, Api, Clock, with_knowledge_base

PARAMETER = "/bedrock-kit/support-assistant/knowledge-base/documents/id"
PUBLISHED = KnowledgeBase("OLD1234567", Model("m", "arn:m"), parameter=PARAMETER)


class Ssm:
    """Answers with `value`, or raises it."""

    def __init__(self, value: Any) -> None:
        self.value, self.calls = value, 0

    def get_parameters(self, names: list[str]) -> dict[str, str]:
        self.calls += 1
        if isinstance(self.value, Exception):
            raise self.value
        return {name: self.value for name in names if self.value}


def ids(ssm: Any, clock: Clock) -> KnowledgeBaseIds:
    return KnowledgeBaseIds(ssm, clock, 60)


def test_another_id_is_used_after_a_minute_at_most() -> None:
    ssm, clock = Ssm("OLD1234567"), Clock()
    known = ids(ssm, clock)
    assert known.of(PUBLISHED) == "OLD1234567"
    ssm.value = "NEW1234567"

    clock.sleep(59.9)
    assert known.of(PUBLISHED) == "OLD1234567"
    clock.sleep(0.1)
    assert known.of(PUBLISHED) == "NEW1234567"
    assert ssm.calls == 2


@pytest.mark.parametrize("value", [TimeoutError(), ""])
def test_the_last_known_id_serves_where_ssm_has_none(value: Any) -> None:
    ssm, clock = Ssm(value), Clock()
    known = ids(ssm, clock)

    assert [known.of(PUBLISHED), known.of(PUBLISHED)] == ["OLD1234567"] * 2
    assert ssm.calls == 1  # no request waits for it again
    ssm.value = "NEW1234567"
    clock.sleep(60)
    assert known.of(PUBLISHED) == "NEW1234567"
    ssm.value = value
    clock.sleep(60)
    assert known.of(PUBLISHED) == "NEW1234567"


def test_an_existing_one_by_its_id_is_never_looked_up() -> None:
    ssm = Ssm("NEW1234567")

    assert ids(ssm, Clock()).of(PUBLISHED._replace(parameter=None)) == "OLD1234567"
    assert ssm.calls == 0


def test_a_search_asks_the_published_one(api: Api) -> None:
    publish(api)
    search = {"vectorSearchConfiguration": {"numberOfResults": 5}}
    asked = {"knowledgeBaseId": "NEW1234567", "retrievalQuery": {"text": "How?"}, "retrievalConfiguration": search}
    api.agent.add_response("retrieve", {"retrievalResults": []}, asked)

    assert api.raw("POST", "/v1/retrieve", json.dumps({"query": "How?"}).encode())[0] == 200


def test_an_answer_is_made_from_the_published_one(api: Api) -> None:
    publish(api)
    configuration = {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {"knowledgeBaseId": "NEW1234567", "modelArn": MICRO["arn"]},
    }
    asked = {"input": {"text": "How?"}, "retrieveAndGenerateConfiguration": configuration}
    api.agent.add_response("retrieve_and_generate", {"output": {"text": "So."}, "sessionId": "session-1"}, asked)

    assert api.raw("POST", "/v1/retrieve-and-generate", json.dumps({"query": "How?"}).encode())[0] == 200


def publish(api: Api) -> None:
    """Another id than that of the settings."""
    api.settings = with_knowledge_base(api.settings, parameter=PARAMETER)
    api.configure(["base"])
    published = {"Name": PARAMETER, "Value": "NEW1234567"}
    api.ssm.add_response("get_parameters", {"Parameters": [published]}, {"Names": [PARAMETER]})
