"""CountTokens: for models of Anthropic, by their own ids."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.extension.bedrock.test_converse import converse, tools, user

CLAUDE = "anthropic.claude-3-5-haiku-20241022-v1:0"
POINT = {"cachePoint": {"type": "default"}}


def test_a_count(client: Client) -> None:
    counted = {"converse": {"messages": [user("Hello")], "system": [{"text": "Be brief."}]}}

    answer = client("bedrock-runtime").count_tokens(modelId=CLAUDE, input=counted)

    assert answer["inputTokens"] > 0


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("amazon.nova-micro-v1:0", "The provided model doesn't support counting tokens."),
        (f"us.{CLAUDE}", "The provided model doesn't support counting tokens."),
        ("anthropic.claude-1", "The provided model identifier is invalid."),
    ],
)
def test_a_model_without_a_count(client: Client, model: str, says: str) -> None:
    with pytest.raises(ClientError, match=says):
        client("bedrock-runtime").count_tokens(modelId=model, input={"converse": {"messages": [user("Hello")]}})


def test_cache_points_where_a_model_takes_them(client: Client) -> None:
    marked = user("Hello", POINT)
    pointed = {"tools": [*tools()["tools"], POINT]}

    assert converse(client, marked, model=CLAUDE, toolConfig=pointed)["stopReason"]
    assert converse(client, marked)["stopReason"]
    with pytest.raises(ClientError, match=r"extraneous key \[cachePoint\]"):
        converse(client, marked, toolConfig=pointed)
    with pytest.raises(ClientError, match=r"AccessDeniedException.*prompt caching"):
        converse(client, marked, model="mistral.mistral-small-2402-v1:0")
