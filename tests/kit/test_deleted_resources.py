"""What was deleted by hand gets another generation, what exists keeps its own, and a deploy goes on without looking."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployment.config import DeploymentConfig
from kit_contract.stacks import generations_context, generations_from
from tests.kit.stubbed_account import HEAD, Account, guardrail

INDEX = "arn:aws:s3vectors:us-east-1:111122223333:bucket/b/index/i"


@pytest.fixture
def account() -> Account:
    return Account()


ALIASES = {"aliases": {"bot": {"model": "amazon.nova-micro-v1:0", "guardrail": "polite"}}}
GUARDED = DeploymentConfig.model_validate(
    HEAD | {"inference_api": ALIASES, "guardrails": {"polite": {"profanity": True}, "unused": {"profanity": True}}}
)
KNOWING = DeploymentConfig.model_validate(
    HEAD | {"knowledge_base": {"documents": "docs", "model": "amazon.nova-micro-v1:0"}}
)
OUTPUTS = {"KnowledgeBaseId": "KB", "DataSourceId": "DS"}


def test_a_guardrail_that_is_gone_gets_the_next_generation(account: Account) -> None:
    account.stack("sup-inference-api", PoliteGuardrail="1 abc 7", UnusedGuardrail="1 def 1")
    account.stubs["bedrock"].add_client_error(
        "get_guardrail",
        "ResourceNotFoundException",
        expected_params={"guardrailIdentifier": "abc", "guardrailVersion": "7"},
    )
    account.stubs["bedrock"].add_client_error("get_guardrail", "AccessDeniedException")

    assert account.arguments(GUARDED) == ["-c", "generations=polite:2"]
    assert account.said[0] == "guardrail polite: was deleted outside of this deployment; the deploy makes a new one"
    assert account.said[1].startswith("warning: whether the guardrail unused still exists is unknown: ")


def test_what_replaced_something_once_stays(account: Account) -> None:
    account.stack("sup-inference-api", PoliteGuardrail="3 abc 7")
    account.stubs["bedrock"].add_response("get_guardrail", guardrail())

    assert account.arguments(GUARDED) == ["-c", "generations=polite:3"]
    assert account.said == []


def test_a_stack_that_is_not_there_or_was_made_by_an_earlier_release_is_not_asked_about(account: Account) -> None:
    account.stubs["cloudformation"].add_client_error(
        "describe_stacks", "ValidationError", "Stack with id x does not exist"
    )
    assert account.arguments(GUARDED) == []

    account.stack("sup-inference-api", ApiId="abc")
    assert account.arguments(GUARDED) == []
    assert account.said == []


PARTS = ("get_knowledge_base", "get_data_source", "get_index")


class Knowledge:
    """Stands for bedrock-agent and s3vectors: `gone` does not exist."""

    def __init__(self, gone: str) -> None:
        self._gone = gone
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**given: str) -> dict[str, Any]:
            self.asked.append((operation, given))
            if operation == self._gone:
                code = "NotFoundException" if operation == "get_index" else "ResourceNotFoundException"
                raise ClientError({"Error": {"Code": code, "Message": "gone"}}, operation)
            vectors = {"type": "S3_VECTORS", "s3VectorsConfiguration": {"indexArn": INDEX}}
            return {"knowledgeBase": {"storageConfiguration": vectors}}

        return call


@pytest.mark.parametrize("gone", [*PARTS, ""])
def test_a_part_of_the_knowledge_base_that_is_gone_is_made_again_with_the_rest(account: Account, gone: str) -> None:
    account.stack("sup-knowledge-base", **OUTPUTS)
    knowledge = Knowledge(gone)
    account.clients |= dict.fromkeys(("bedrock-agent", "s3vectors"), knowledge)

    assert account.arguments(KNOWING) == (["-c", "generations=.knowledge-base:2"] if gone else [])
    ids = {"knowledgeBaseId": "KB"}
    asked = zip(PARTS, (ids, {**ids, "dataSourceId": "DS"}, {"indexArn": INDEX}), strict=True)
    assert knowledge.asked == list(asked)[: PARTS.index(gone) + 1 if gone else None]


def test_a_knowledge_base_that_was_made_again_stays(account: Account) -> None:
    account.stack("sup-knowledge-base", **OUTPUTS, KnowledgeBaseGeneration="2")
    account.clients |= dict.fromkeys(("bedrock-agent", "s3vectors"), Knowledge(""))

    assert account.arguments(KNOWING) == ["-c", "generations=.knowledge-base:2"]


@pytest.mark.parametrize("there", [True, False])
def test_a_collection_that_is_gone_is_made_again(account: Account, there: bool) -> None:
    account.stack("sup-knowledge-base", **OUTPUTS)
    arn = "arn:aws:aoss:us-east-1:111122223333:collection/abcdefghij0123456789"

    class Collections(Knowledge):
        def batch_get_collection(self, *, ids: list[str]) -> dict[str, Any]:
            return {"collectionDetails": [{"id": one} for one in ids if there and arn.endswith(f"/{one}")]}

        def get_knowledge_base(self, **_: str) -> dict[str, Any]:
            opensearch = {"collectionArn": arn}
            storage = {"type": "OPENSEARCH_SERVERLESS", "opensearchServerlessConfiguration": opensearch}
            return {"knowledgeBase": {"storageConfiguration": storage}}

    account.clients |= dict.fromkeys(("bedrock-agent", "opensearchserverless"), Collections(""))

    assert account.arguments(KNOWING) == ([] if there else ["-c", "generations=.knowledge-base:2"])


def test_a_managed_one_has_no_store_to_look_at(account: Account) -> None:
    account.stack("sup-knowledge-base", **OUTPUTS)

    class Managed(Knowledge):
        def get_knowledge_base(self, **_: str) -> dict[str, Any]:
            return {"knowledgeBase": {"knowledgeBaseConfiguration": {"type": "MANAGED"}}}

    account.clients |= dict.fromkeys(("bedrock-agent",), Managed(""))

    assert account.arguments(KNOWING) == []


def test_of_several_knowledge_bases_each_has_its_own_generation(account: Account) -> None:
    named = {"handbooks": {"documents": "docs"}, "wiki": {"documents": "docs"}, "theirs": {"existing": "KB12345678"}}
    model = {"model": "amazon.nova-micro-v1:0"}
    sections = {"knowledge_bases": {name: item | model for name, item in named.items()}}
    outputs = {f"Handbooks{output}": value for output, value in OUTPUTS.items()}
    account.stack("sup-knowledge-base", **outputs, HandbooksKnowledgeBaseGeneration="2")  # no wiki before this deploy
    knowledge = Knowledge("get_data_source")
    account.clients |= dict.fromkeys(("bedrock-agent", "s3vectors"), knowledge)

    found = account.arguments(DeploymentConfig.model_validate(HEAD | sections))

    assert found == ["-c", "generations=.knowledge-base.Handbooks:3"]
    assert knowledge.asked[1][1] == {"knowledgeBaseId": "KB", "dataSourceId": "DS"}
    assert account.said[0].startswith("knowledge base handbooks: was deleted outside of this deployment")


def test_the_deploy_goes_on_without_the_permission_to_look(account: Account) -> None:
    account.stubs["cloudformation"].add_client_error("describe_stacks", "AccessDenied")

    assert account.arguments(GUARDED) == []
    assert "whether all resources of sup-inference-api still exist is unknown" in account.said[0]


def test_the_context_names_what_it_means() -> None:
    assert generations_from(generations_context({"polite": 2, ".knowledge-base": 3})) == {
        "polite": 2,
        ".knowledge-base": 3,
    }
    assert generations_from(None) == {}
