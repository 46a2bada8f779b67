"""The question of `make up` is answered by what the alias has now, not by what the API has cached."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.config import DeploymentConfig, load_deployment_config
from kit.local import questions
from kit.local.filtered import attribute_of
from kit.progress import Progress
from kit_contract.model_arns import shown
from tests.deployment_file import shipped_file

PROMOTED = "arn:aws:bedrock:us-east-1:000000000000:custom-model-deployment/abcdefghijkl"
BASE = "amazon.nova-micro-v1:0"


def config(order: list[str] | None = None) -> DeploymentConfig:
    raw = load_deployment_config(shipped_file()).model_dump() | {"knowledge_base": None}
    if order:
        raw["inference_api"]["aliases"]["support-bot"]["order"] = order
    return DeploymentConfig.model_validate(raw)


class Api:
    """Answers with each of `served` in turn, the last again and again; a sleep moves the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *served: str) -> None:
        self.served, self.calls, self.now = list(served), 0, 0.0
        monkeypatch.setattr(questions, "_post", self.post)
        monkeypatch.setattr("time.sleep", self.sleep)
        monkeypatch.setattr("time.monotonic", lambda: self.now)

    def post(self, outputs: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
        target = self.served[min(self.calls, len(self.served) - 1)]
        self.calls += 1
        return {"served_by": {"target": shown(target)}, "choices": [{"message": {"content": "x"}}]}

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def served_by(target: str, settings: DeploymentConfig) -> str:
    (answer,) = questions.ask(settings, {"aliases": {"support-bot": target}}, Progress(total=1))
    return answer.served_by


def test_it_asks_until_the_promoted_target_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(monkeypatch, BASE, BASE, PROMOTED)

    assert served_by(PROMOTED, config()) == shown(PROMOTED)
    assert api.calls == 3


def test_it_waits_longer_than_the_cache_and_then_shows_what_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(monkeypatch, BASE)

    assert served_by(PROMOTED, config()) == BASE
    assert 15 < api.now <= 21


@pytest.mark.parametrize(
    ("target", "order"), [(BASE, None), (PROMOTED, ["base", "on-demand"])], ids=["not promoted", "base first"]
)
def test_it_does_not_wait_for_what_need_not_come(
    monkeypatch: pytest.MonkeyPatch, target: str, order: list[str] | None
) -> None:
    api = Api(monkeypatch, BASE)

    assert served_by(target, config(order)) == BASE
    assert api.calls == 1


def test_documents_with_metadata_are_asked_again_with_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def post(outputs: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
        asked.append(body)
        return {"answer": "x", "citations": [], "model": BASE}

    monkeypatch.setattr(questions, "_post", post)
    settings = load_deployment_config(shipped_file()).model_copy(update={"training": None})

    answers = questions.ask(settings, {"aliases": {}}, Progress(total=1))

    assert [body.get("filter") for body in asked] == [None, {"equals": {"key": "topic", "value": "orders"}}]
    assert [answer.question.partition("?")[2] for answer in answers] == ["", " (only documents with topic = orders)"]


def test_a_managed_knowledge_base_is_searched_because_it_gives_no_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def post(outputs: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
        asked.append(path)
        return {"data": [{"text": "Every three months.", "source": "s3://bucket/descaling.md"}]}

    monkeypatch.setattr(questions, "_post", post)
    raw = load_deployment_config(shipped_file()).model_dump() | {"training": None, "agents": {}}
    section = {"documents": raw["knowledge_base"]["documents"], "model": BASE, "store": "managed"}
    settings = DeploymentConfig.model_validate(raw | {"knowledge_base": None, "knowledge_bases": {"wiki": section}})

    (answer,) = questions.ask(settings, {"aliases": {}}, Progress(total=1))

    assert asked == ["/retrieve"]
    assert (answer.text, answer.sources) == ("Every three months.", ("s3://bucket/descaling.md",))


@pytest.mark.parametrize("attributes", [None, {"year": 2026, "tags": ["a"]}], ids=["none", "no text"])
def test_documents_without_a_text_to_filter_by_are_asked_once(tmp_path: Path, attributes: Any) -> None:
    (tmp_path / "a.md").write_text("A", encoding="utf-8")
    if attributes:
        (tmp_path / "a.md.metadata.json").write_text(json.dumps({"metadataAttributes": attributes}), encoding="utf-8")

    assert attribute_of(tmp_path) is None


@pytest.mark.parametrize("value", ["en", {"value": {"type": "STRING", "stringValue": "en"}}], ids=["plain", "typed"])
def test_a_text_to_filter_by_has_a_type_or_none(tmp_path: Path, value: Any) -> None:
    (tmp_path / "a.md").write_text("A", encoding="utf-8")
    text = json.dumps(
        {"metadataAttributes": {"year": {"value": {"type": "NUMBER", "numberValue": 4}}, "language": value}}
    )
    (tmp_path / "a.md.metadata.json").write_text(text, encoding="utf-8")

    assert attribute_of(tmp_path) == ("language", "en")
