"""Bedrock's CountTokens for the model that answers an alias now.

It takes ids of foundation models, and counts for models of Anthropic only: for all others it has no number, and neither
has this API. https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
"""

from __future__ import annotations

from typing import Any

from inference_api.aliases import Target
from inference_api.bucket_media import refuse_unlisted
from inference_api.conversation import Turn
from inference_api.errors import ApiError
from inference_api.fallback import BUDGET_SECONDS
from inference_api.fields import invalid
from inference_api.http_messages import Facts
from inference_api.prompt_caching import without_cache_points
from inference_api.prompts import prompted
from inference_api.service import Service
from kit_contract.aws_errors import VALIDATION, code_of, message_of
from kit_contract.model_arns import INFERENCE_PROFILE, plain_id

_COUNTED = ("messages", "system", "toolConfig")
# https://github.com/strands-agents/harness-sdk/pull/2250
_NOT_COUNTED = "support counting tokens"


def counted(turn: Turn, service: Service, facts: Facts) -> int:
    """One attempt, which leaves the targets' pauses alone: a target that cannot count may well answer.

    Raises ApiError 400 if Bedrock does not count what is asked for, AwsError or OSError.
    """
    if turn.answer_schema:
        message = "output_config.format is not supported here: Bedrock counts no schemas; leave it out"
        raise invalid("output_config.format", message, code="unsupported_value")
    refuse_unlisted(turn.request["messages"], service.settings.media_buckets)
    target = service.aliases.resolve(turn.alias)[0]
    facts.alias = turn.alias
    model_id = _foundation_model(target)
    told = turn.request
    prompt = service.settings.aliases[turn.alias].prompt
    if prompt or facts.prompt_variables:
        told = prompted(told, prompt, facts)
    request = {name: told[name] for name in _COUNTED if name in told}
    converse: dict[str, Any] = without_cache_points(request)
    if own := turn.model_fields and turn.model_fields(target.invoke_id):
        converse["additionalModelRequestFields"] = own
    try:
        answer = service.clients.count_tokens(model_id, {"converse": converse}, read_seconds=BUDGET_SECONDS)
    except Exception as error:
        if code_of(error) == VALIDATION and _NOT_COUNTED in message_of(error):
            raise _not_counted(target) from error
        raise
    return int(answer["inputTokens"])


def _foundation_model(target: Target) -> str:
    """The id behind a profile is its own without the place in front: us.anthropic.claude-x."""
    model_id = plain_id(target.invoke_id)
    if model_id is None:
        raise _not_counted(target)
    return model_id.partition(".")[2] if target.kind == INFERENCE_PROFILE else model_id


def _not_counted(target: Target) -> ApiError:
    message = (
        f"Bedrock counts no tokens for what serves this alias ({target.shown}): it does so for some models "
        "of Anthropic, called by their id or by a profile of AWS's; read usage in the answers instead"
    )
    return ApiError(400, "unsupported_operation", message, param="model")
