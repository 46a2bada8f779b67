"""What was deleted by hand gets another generation, what exists keeps its own, and a deploy goes on without looking."""

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from deployment.config import DeploymentConfig
from kit.deleted_resources import generation_arguments
from kit_contract.stacks import generations_context, generations_from
from tests.kit.test_missing_documents import STACK

INDEX = "arn:aws:s3vectors:us-east-1:111122223333:bucket/b/index/i"
SERVICES = ("cloudformation", "bedrock", "bedrock-agentcore-control")


class Account:
    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        self.clients: dict[str, Any] = {service: session.client(service) for service in SERVICES}
        self.stubs = {service: Stubber(client) for service, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.said: list[str] = []

    def stack(self, name: str, **outputs: str) -> None:
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        self.stubs["cloudformation"].add_response(
            "describe_stacks", {"Stacks": [{**STACK, "Outputs": listed}]}, {"StackName": name}
        )

    def arguments(self, config: DeploymentConfig) -> list[str]:
        found = generation_arguments(config, lambda service: self.clients[service], self.said.append)
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()
        return found


@pytest.fixture
def account() -> Account:
    return Account()


HEAD = {"deployment": {"name": "sup", "region": "us-east-1"}}
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
    assert account.said[0].startswith("guardrail polite: was deleted outside of this deployment; making a new one (")
    assert account.said[1].startswith("warning: whether the guardrail unused still exists is unknown: ")


def test_what_replaced_something_once_stays(account: Account) -> None:
    account.stack("sup-inference-api", PoliteGuardrail="3 abc 7")
    account.stubs["bedrock"].add_response("get_guardrail", guardrail())

    assert account.arguments(GUARDED) == ["-c", "generations=polite:3"]
    assert account.said == []


def guardrail() -> dict[str, Any]:
    times = dict.fromkeys(("createdAt", "updatedAt"), "2026-11-01T00:00:00Z")
    texts = dict.fromkeys(("name", "guardrailId", "guardrailArn", "version", "status"), "x")
    return {**times, **texts, "blockedInputMessaging": "no", "blockedOutputsMessaging": "no"}


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


AGENT = {"model": "amazon.nova-micro-v1:0", "instructions": "Be brief.", "guardrail": "polite"}
ACTING = DeploymentConfig.model_validate(
    HEAD | {"agents": {"support": AGENT}, "guardrails": {"polite": {"profanity": True}}}
)


def test_each_part_of_an_agent_is_looked_for(account: Account) -> None:
    parts = {
        "SupportHarness": "1 sup__support-abc",
        "SupportGateway": "2 sup-support-def",
        "SupportMemory": "1 sup__support-ghi",
    }
    account.stack("sup-agents", PoliteGuardrail="1 abc 7", **parts)
    account.stubs["bedrock"].add_response("get_guardrail", guardrail())
    control = account.stubs["bedrock-agentcore-control"]
    control.add_client_error(
        "get_harness_endpoint",
        "ResourceNotFoundException",
        expected_params={"harnessId": "sup__support-abc", "endpointName": "live"},
    )
    control.add_client_error("get_gateway", "AccessDeniedException")
    control.add_client_error(
        "get_memory", "ResourceNotFoundException", expected_params={"memoryId": "sup__support-ghi"}
    )

    generations = ".agent.support.gateway:2,.agent.support.harness:2,.agent.support.memory:2"
    assert account.arguments(ACTING) == ["-c", f"generations={generations}"]
    assert account.said[0].startswith("harness of agent support: was deleted outside of this deployment")
    assert account.said[1].startswith("warning: whether the gateway of agent support still exists is unknown")


PROMPTED = DeploymentConfig.model_validate(
    HEAD | {"prompts": {"tone": {"text": "Be kind."}, "brief": {"text": "Be brief."}}}
)


def test_a_prompt_or_its_version_that_is_gone_gets_the_next_generation(account: Account) -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:prompt"
    account.stack("sup-prompts", TonePrompt=f"2 {arn}/ABCDEFGHIJ:4", BriefPrompt=f"1 {arn}/BCDEFGHIJK:1")
    agent = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1").client(
        "bedrock-agent"
    )
    account.clients["bedrock-agent"], account.stubs["bedrock-agent"] = agent, Stubber(agent)
    stub = account.stubs["bedrock-agent"]
    stub.activate()
    asked = {"promptIdentifier": "ABCDEFGHIJ", "promptVersion": "4"}
    stub.add_client_error("get_prompt", "ResourceNotFoundException", expected_params=asked)
    stub.add_client_error("get_prompt", "AccessDeniedException")

    assert account.arguments(PROMPTED) == ["-c", "generations=.prompt-tone:3"]
    assert account.said[0].startswith("prompt tone: was deleted outside of this deployment; making a new one (")
    assert account.said[1].startswith("warning: whether the prompt brief still exists is unknown: ")


LOGGING = DeploymentConfig.model_validate(HEAD | {"invocation_logging": {}})
OURS = {"s3Config": {"bucketName": "sup-logs", "keyPrefix": "invocations"}, "textDataDeliveryEnabled": True}


@pytest.mark.parametrize(
    ("present", "said"),
    [
        (OURS, []),
        ({}, ["it is off"]),
        (OURS | {"textDataDeliveryEnabled": False}, ["with other types of data"]),
        ({"s3Config": {"bucketName": "theirs"}}, ["it writes to the bucket theirs"]),
    ],
)
def test_logging_that_was_changed_by_hand_is_looked_at(account: Account, present: Any, said: list[str]) -> None:
    account.stack("sup-invocation-logging", InvocationLoggingGeneration="1")
    parameter = {"Parameter": {"Value": json.dumps({"config": OURS, "before": None})}}
    answers = {
        "get_parameter": parameter,
        "get_model_invocation_logging_configuration": {"loggingConfig": present} if present else {},
    }
    fake = SimpleNamespace(**{name: lambda answer=answer, **_: answer for name, answer in answers.items()})
    account.clients |= {"ssm": fake, "bedrock": fake}

    assert account.arguments(LOGGING) == (["-c", "generations=.invocation-logging:2"] if said else [])
    assert [line.partition("(")[2].partition(")")[0] for line in account.said] == said


def test_a_profile_that_is_gone_is_made_again(account: Account) -> None:
    aliases = {"bot": {"model": "amazon.nova-micro-v1:0"}, "other-bot": {"model": "amazon.nova-micro-v1:0"}}
    profiled = DeploymentConfig.model_validate(
        HEAD | {"inference_api": {"inference_profiles": True, "aliases": aliases}}
    )
    account.stack("sup-inference-api", BotCostProfile="2 abcdefgh1234")
    gone = {"inferenceProfileIdentifier": "abcdefgh1234"}
    account.stubs["bedrock"].add_client_error(
        "get_inference_profile", "ResourceNotFoundException", expected_params=gone
    )

    assert account.arguments(profiled) == ["-c", "generations=.cost-profile-bot:3"]
