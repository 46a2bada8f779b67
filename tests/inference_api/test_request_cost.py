"""What the log says a request's tokens cost, and when the first of them came."""

from __future__ import annotations

import json

import pytest

from inference_api.http_messages import Facts
from inference_api.request_log import estimated_usd
from kit_contract.inference_api import Prices
from tests.inference_api.conftest import Api, converse_events
from tests.inference_api.test_handler import call, event, stand_in

PRICES = Prices({"inputTokens": 1e-6, "outputTokens": 4e-6}, {"inputTokens": 2e-6, "outputTokens": 8e-6})
USAGE = {"inputTokens": 1000, "outputTokens": 500, "totalTokens": 1500, "cacheReadInputTokens": 0}


@pytest.mark.parametrize(
    ("kind", "usage", "prices", "usd"),
    [
        ("foundation-model", USAGE, PRICES, 0.003),
        ("inference-profile", USAGE, PRICES, 0.003),
        ("custom-model-deployment", USAGE, PRICES, 0.006),
        ("provisioned-throughput", USAGE, None, 0.0),
        ("imported-model", USAGE, PRICES, None),  # billed by the minute
        ("foundation-model", {**USAGE, "cacheReadInputTokens": 9}, PRICES, None),  # without a price
        ("custom-model-deployment", USAGE, PRICES._replace(custom={}), None),
        ("foundation-model", None, PRICES, None),
        ("foundation-model", USAGE, None, None),
        (None, USAGE, PRICES, None),
    ],
)
def test_unknown_prices_are_no_cost_of_zero(
    kind: str | None, usage: dict[str, int] | None, prices: Prices | None, usd: float | None
) -> None:
    facts = Facts()
    facts.served_by = {"kind": kind} if kind else None
    facts.usage = usage

    assert estimated_usd(facts, prices) == usd


def test_a_streamed_answer_is_logged_with_its_first_token(
    api: Api, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, api.service)
    api.base_serves()
    api.clients.streams.append(converse_events({"text": "Hi"}))
    messages = [{"role": "user", "content": "Hi"}]

    call(event("/v1/chat/completions", {"model": "support-bot", "messages": messages, "stream": True}))

    line = json.loads(capsys.readouterr().err)
    assert 0 <= line["first_token_milliseconds"] <= line["milliseconds"]
