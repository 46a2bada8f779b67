"""Aliases with a canary or a watch, and what the API runs and logs for them."""

from __future__ import annotations

import json
from typing import Any

from inference_api.http_messages import Answer
from inference_api.variant_metrics import variant_lines
from tests.inference_api.conftest import SERVING, Api, converse_response

CHAT = "/v1/chat/completions"
HELLO: dict[str, Any] = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}
CANDIDATE_ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/candidatecan"
NOW = 1_800_000_000
CANARY: dict[str, Any] = {
    "target_arn": CANDIDATE_ARN,
    "custom_model_arn": "arn:aws:bedrock:::custom-model/x/y",
    "run_id": "fedcba9876543210",
    "weight": 10,
    "since": NOW,
    "until": NOW + 3600,
}
TRIED: dict[str, Any] = {**SERVING, "canary": CANARY}
WATCHED: dict[str, Any] = {**SERVING, "watch": {"run_id": SERVING["run_id"], "since": NOW, "until": NOW + 3600}}


def runs(api: Api, **parameters: Any) -> list[str]:
    """The versions of the targets of one request, in order."""
    api.publishes(**parameters)
    return [target.version for target in api.aliases.resolve("support-bot", measured=True)]


def lines(api: Api, status: int = 200) -> dict[str, tuple[int, int, bool]]:
    """Variant -> errors, refusals and whether a latency is measured."""
    found = variant_lines(Answer(status, {}, iter(())), api.facts, kit_deployment="sup", now=float(NOW))
    parsed = [json.loads(line) for line in found]
    return {
        line["Variant"]: (line["VariantErrors"], line["VariantRefusals"], "VariantLatency" in line) for line in parsed
    }


def answering(failure: Exception) -> Any:
    """Converse, where the candidate always fails."""

    def converse(model_id: str, request: Any, *, read_seconds: float) -> dict[str, Any]:
        if model_id == CANDIDATE_ARN:
            raise failure
        return converse_response({"text": "Hi"})

    return converse
