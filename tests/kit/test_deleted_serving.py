"""Agents, prompts, logging and inference profiles that were deleted or changed by hand."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from deployment.config import DeploymentConfig
from tests.kit.stubbed_account import HEAD, Account, guardrail


@pytest.fixture
def account() -> Account:
    return Account()


AGENT = {"model": "amazon.nova-micro-v1:0", "instructions": "Be brief.", "guardrail": "polite"}
ACTING = DeploymentConfig.model_validate(
    HEAD | {"agents": {"support": AGENT}, "guardrails": {"polite": {"profanity": True}}}
)

MADE = {"createdAt": datetime(2026, 1, 1, tzinfo=UTC), "updatedAt": datetime(2026, 1, 1, tzinfo=UTC), "status": "READY"}
ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/sup-support-def"
NAMES = {"gatewayId": "sup-support-def", "name": "sup-support", "authorizerType": "AWS_IAM"}
GATEWAY = {"gatewayArn": ARN, **NAMES, **MADE}
CONFIGURED = {
    "targetConfiguration": {"mcp": {"openApiSchema": {"inlinePayload": "{}"}}},
    "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
}
TARGET = {"gatewayArn": ARN, "targetId": "0123456789", "name": "orders", **CONFIGURED, **MADE}


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


@pytest.mark.parametrize(
    ("answers", "arguments", "said"),
    [
        (["", ""], [], []),
        (
            ["", "ResourceNotFoundException"],
            ["-c", "generations=.agent.support.gateway:2"],
            ["gateway of agent support: was deleted outside of this deployment"],
        ),
        (["AccessDeniedException"], [], ["warning: whether the gateway of agent support still exists is unknown"]),
    ],
)
def test_a_gateway_is_made_again_where_one_of_its_targets_is_gone(
    account: Account, answers: list[str], arguments: list[str], said: list[str]
) -> None:
    account.stack("sup-agents", SupportGateway="1 sup-support-def 0123456789 ABCDEFGHIJ")
    gateway = {"gatewayIdentifier": "sup-support-def"}
    control = account.stubs["bedrock-agentcore-control"]
    control.add_response("get_gateway", GATEWAY, gateway)
    for target, error in zip(("0123456789", "ABCDEFGHIJ"), answers, strict=False):
        asked = {**gateway, "targetId": target}
        if error:
            control.add_client_error("get_gateway_target", error, expected_params=asked)
        else:
            control.add_response("get_gateway_target", TARGET, asked)

    assert account.arguments(ACTING) == arguments
    control.assert_no_pending_responses()
    assert [line.partition(" (")[0].partition(";")[0].partition(": An error")[0] for line in account.said] == said


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
    assert account.said[0] == "prompt tone: was deleted outside of this deployment; the deploy makes a new one"
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


GONE = ClientError({"Error": {"Code": "ParameterNotFound", "Message": "none"}}, "GetParameter")
DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetParameter")
ROLE, OTHER = "arn:aws:iam::111122223333:role/Theirs", "arn:aws:iam::111122223333:role/service-role/Newer"


def written(group: str, role: str) -> dict[str, Any]:
    return {"cloudWatchConfig": {"logGroupName": group, "roleArn": role}}


@pytest.mark.parametrize(
    ("kept", "present", "roles"),
    [
        (GONE, None, "none"),
        (GONE, written("theirs", ROLE), ROLE),
        (GONE, {"s3Config": {"bucketName": "theirs"}}, "none"),
        ({"before": written("theirs", ROLE), "destinations": ["logs:ours"]}, written("ours", "own"), ROLE),
        ({"before": written("theirs", ROLE), "destinations": ["logs:ours"]}, written("new", OTHER), f"{ROLE} {OTHER}"),
        ({"before": None, "destinations": ["logs:ours"]}, written("ours", "own"), "none"),
        (DENIED, None, None),
    ],
)
def test_take_over_is_told_the_roles_that_it_may_have_to_pass(
    account: Account, kept: Any, present: Any, roles: str | None
) -> None:
    account.stack("sup-invocation-logging")  # a release without generations

    def get_parameter(Name: str) -> Any:
        if isinstance(kept, ClientError):
            raise kept
        return {"Parameter": {"Value": json.dumps({"config": OURS, **kept})}}

    answer = {"loggingConfig": present} if present else {}
    fake = SimpleNamespace(get_parameter=get_parameter, get_model_invocation_logging_configuration=lambda: answer)
    account.clients |= {"ssm": fake, "bedrock": fake}
    taking = DeploymentConfig.model_validate(HEAD | {"invocation_logging": {"take_over": True}})

    assert account.arguments(taking) == (["-c", f"replaced_logging_roles={roles}"] if roles else [])
    assert [line.partition(":")[0] for line in account.said] == ([] if roles else ["warning"])


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


NOVA = "amazon.nova-micro-v1:0"
USABLE = {
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}
TERMS: dict[str, Any] = {"usageBasedPricingTerm": {"rateCard": []}, "legalTerm": {}, "supportTerm": {}}


def test_an_agreement_that_was_ended_is_accepted_again(account: Account) -> None:
    aliases = {"ended": "anthropic.claude-haiku-4-5-20251001-v1:0", "kept": "cohere.command-r-v1:0", "own": NOVA}
    models = {name: {"model": model} for name, model in aliases.items()}
    config = DeploymentConfig.model_validate(HEAD | {"model_access": {}, "inference_api": {"aliases": models}})
    account.stack("sup-model-access", ModelAccessGeneration="2")
    bedrock = account.stubs["bedrock"]
    for model, agreement in (
        (NOVA, "NOT_AVAILABLE"),
        (aliases["ended"], "NOT_AVAILABLE"),
        (aliases["kept"], "AVAILABLE"),
    ):
        answer = {"modelId": model, "agreementAvailability": {"status": agreement}, **USABLE}
        bedrock.add_response("get_foundation_model_availability", answer, {"modelId": model})
        if model == NOVA:  # Amazon's own models have no offers
            bedrock.add_client_error("list_foundation_model_agreement_offers", "ValidationException")
        elif agreement == "NOT_AVAILABLE":
            offers = [{"offerToken": "token", "termDetails": TERMS}]
            bedrock.add_response("list_foundation_model_agreement_offers", {"modelId": model, "offers": offers})

    assert account.arguments(config) == ["-c", "generations=.model-access:3"]

    account.stack("sup-model-access", ModelAccessGeneration="3")
    bedrock.add_client_error("get_foundation_model_availability", "AccessDeniedException")
    assert account.arguments(config) == ["-c", "generations=.model-access:3"], "what accepted it once stays"
    assert account.said[0] == f"{aliases['ended']}: there is no agreement; the deploy accepts it"
    assert account.said[1].startswith("warning: whether the agreements of [model_access] are in place is unknown: ")
