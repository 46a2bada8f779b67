"""Changes of keys by several people at once: nobody's change is lost, and none counts twice."""

import json
from typing import Any

import pytest

from kit_contract.api_keys import api_key, hash_of, write_managed
from tests.kit.keys.commands import kit, printed
from tests.kit.keys.fake_aws import DEFAULT, FakeAws


def test_what_somebody_else_changed_meanwhile_stays(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.before_move = [lambda: _other(aws, "first"), lambda: _other(aws, "second")]

    key = printed(capsys, "add", "web")

    assert aws.stored.keys() == {"default", "first", "second", "web"}
    assert aws.stored["web"]["sha256"] == hash_of(key)


def test_the_same_name_at_the_same_time_is_added_once(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.before_move = [lambda: _other(aws, "web")]

    assert kit("add", "web") == 2

    assert "web exists already" in capsys.readouterr().err
    assert aws.stored["web"]["usage"] == "u" * 40
    assert aws.usage_keys == {"key1": None}  # its own is deleted


def test_a_change_that_is_always_too_late_says_so(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.before_move = [lambda name=f"other{n}": _other(aws, name) for n in range(9)]  # type: ignore[misc]

    assert kit("rotate", "default") == 1

    assert "nothing was changed" in capsys.readouterr().err
    assert aws.stored["default"]["sha256"] == hash_of(DEFAULT)


def test_a_change_whose_answer_is_lost_counts_once(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answers_lost = 1

    key = printed(capsys, "add", "web")

    assert aws.stored["web"]["sha256"] == hash_of(key)
    assert aws.usage_keys["key1"]["value"] == aws.stored["web"]["usage"]


def _other(aws: FakeAws, name: str) -> None:
    label = aws.labels.get("BEDROCK_KIT_KEYS")
    keys: dict[str, Any] = json.loads(aws.versions[label])["keys"] if label else {}
    entries = {"default": _entry(DEFAULT, DEFAULT)} | keys | {name: _entry("x" * 40, "u" * 40)}
    version = f"other-{name}".ljust(32, "-")
    aws.versions[version] = json.dumps({"format": 1, "keys": entries})
    aws.labels["BEDROCK_KIT_KEYS"] = version


def _entry(key: str, usage: str) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(write_managed({"one": api_key(key, usage=usage)}))["keys"]["one"]
    return entry
