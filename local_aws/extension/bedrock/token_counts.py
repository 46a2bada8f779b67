"""CountTokens: counts for models of Anthropic, by their own ids; refuses all others as Bedrock does.

https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
https://github.com/Portkey-AI/gateway/issues/1437 and https://github.com/agentgateway/agentgateway/pull/3254 (profiles)
https://github.com/strands-agents/harness-sdk/pull/2250 (Nova)
"""

import json
from typing import Any

from local_aws.extension.bedrock import converse_requests
from local_aws.extension.bedrock.invocation import PROFILE, resolve
from local_aws.extension.bedrock.responses import BedrockError, Response, answer

CHARACTERS_PER_TOKEN = 4
SUPPORTED = "anthropic.claude-"


def count_tokens(body: dict[str, Any], model_id: str) -> Response:
    """A count by length, which is no model's own."""
    given = body.get("input") or {}
    if len(given) != 1 or not {"converse", "invokeModel"}.issuperset(given):
        raise BedrockError("ValidationException", "Exactly one of converse and invokeModel must be set in input")
    model = resolve(model_id)
    if not model.startswith(SUPPORTED) or PROFILE.match(model_id.rsplit("/", 1)[-1]):
        raise BedrockError("ValidationException", "The provided model doesn't support counting tokens.")
    if "converse" in given:
        converse_requests.check(model, given["converse"])
    return answer({"inputTokens": len(json.dumps(given)) // CHARACTERS_PER_TOKEN})
