"""Metrics that decide about a canary: refusals, streams, and the lines that have them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_api.http_messages import Answer, Facts
from inference_api.variant_metrics import variant_lines
from tests.inference_api.canaries import CANARY, CHAT, HELLO, TRIED, WATCHED, lines
from tests.inference_api.conftest import SERVING, Api, converse_events, converse_response


@pytest.mark.parametrize(
    ("response", "refused"),
    [
        (converse_response({"text": "Hi"}), 0),
        (converse_response({"text": "Hi"}, reason="content_filtered"), 1),
        (converse_response({"text": "No."}, reason="guardrail_intervened"), 1),
        (converse_response({"text": " \n"}), 1),
        (converse_response(), 1),
        (converse_response({"text": ""}, reason="stop_sequence"), 0),
        (converse_response({"toolUse": {"toolUseId": "1", "name": "x", "input": {}}}, reason="tool_use"), 0),
    ],
)
def test_refusals_are_counted_by_the_stop_reason(api: Api, response: dict[str, Any], refused: int) -> None:
    api.publishes(serving=WATCHED)
    api.runtime.add_response("converse", response)

    api.post(CHAT, HELLO)

    assert lines(api) == {"promoted": (0, refused, True)}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (converse_events({"text": "Hi there"}), (0, 0, True)),
        (converse_events(reason="content_filtered"), (0, 1, True)),
        (converse_events({"text": "Hi there"})[:2], (1, 0, True)),
    ],
)
def test_a_stream_counts_at_its_end(api: Api, events: list[Any], expected: tuple[int, int, bool]) -> None:
    api.publishes(serving=TRIED)
    api.clients.streams.append(events)

    api.raw("POST", CHAT, json.dumps({**HELLO, "stream": True}).encode())

    assert lines(api) == {"canary": expected}


def test_an_alias_without_canary_or_watch_sends_no_metrics_of_variants(api: Api) -> None:
    api.publishes(serving=SERVING)
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))
    api.post(CHAT, HELLO)

    assert lines(api) == {}
    assert variant_lines(Answer(200, {}, iter(())), Facts(), kit_deployment="sup", now=0.0) == []


def test_a_line_is_in_the_embedded_metric_format(api: Api) -> None:
    api.publishes(serving=TRIED)
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))
    api.post(CHAT, HELLO)

    (line,) = variant_lines(Answer(200, {}, iter(())), api.facts, kit_deployment="sup", now=1.5)

    parsed = json.loads(line)
    (directive,) = parsed["_aws"]["CloudWatchMetrics"]
    assert parsed["_aws"]["Timestamp"] == 1500
    assert directive["Namespace"] == "BedrockKit/InferenceApi"
    assert directive["Dimensions"] == [["Deployment", "Alias", "Variant", "Run"]]
    assert [parsed[name] for name in directive["Dimensions"][0]] == ["sup", "support-bot", "canary", CANARY["run_id"]]
    assert [metric["Name"] for metric in directive["Metrics"]] == ["VariantErrors", "VariantRefusals", "VariantLatency"]
    assert all(isinstance(parsed[metric["Name"]], int) for metric in directive["Metrics"])
