"""What a deploy does is reported, and nothing of it is done without a yes."""

from __future__ import annotations

import argparse
import json

import pytest

from kit.deploy.consent import Accepted, accepted, agreed
from kit.deploy.difference import Difference
from kit.deploy.difference_report import as_json, as_markdown, as_table
from kit.deploy.effects.effect import Effect, Kind, digest_of
from kit.deploy.effects.prices import Price, in_words
from tests.billed_resources.fake_aws import REGION

FOUND = [Effect(Kind.BUY, "a", "b"), Effect(Kind.REPLACE, "c", "d"), Effect(Kind.LEAVE, "e", "f")]


@pytest.mark.parametrize(
    ("given", "more", "may"),
    [
        (Accepted(), set(), False),
        (accepted("buy"), set(), False),
        (accepted("buy,replace"), set(), True),
        (accepted(" replace , buy,delete"), set(), True),
        (accepted("replace"), {Kind.BUY}, True),
        (accepted(f"buy,replace@{digest_of(FOUND)}"), set(), True),
        (accepted("buy,replace@00000000"), set(), False),
    ],
)
def test_each_kind_is_accepted_by_its_name(
    given: Accepted, more: set[Kind], may: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert agreed(FOUND, given, more=more) is may
    assert ("--accept" in capsys.readouterr().err) is not may


@pytest.mark.parametrize("text", ["all", "", "buy,sell", "@1a2b3c4d", "buy@"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="one or more of replace,delete,buy,retrain,reingest"):
        accepted(text)


@pytest.mark.parametrize(("answer", "may"), [("yes", True), ("y", False)])
def test_at_a_terminal_it_asks(answer: str, may: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def ask(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", ask)

    assert agreed(FOUND, Accepted()) is may
    assert asked == ["Deploy, and replace, buy? Type yes: "]
    assert agreed([FOUND[2]], Accepted()) is True
    assert len(asked) == 1


def test_reports_have_effects_the_price_and_the_words_that_accept_them() -> None:
    effect = Effect(Kind.BUY, "cluster", "billed | by the hour <script>", "s", usd=None)
    found = Difference([effect], Price(10, 0, False, {}), Price(740, 0, True, {}))
    place = {"deployment": "sup", "account": "1", "region": REGION}

    assert "at least +1.0000 USD an hour, +730.00 USD a month while idle (then 740.00)" in as_table(found)
    assert f"kit deploy --accept buy@{digest_of([effect])}" in as_table(found)
    markdown = as_markdown(found, place)
    assert "| buy | s: cluster | unknown | billed \\| by the hour &lt;script> |" in markdown
    assert markdown.startswith("<!-- kit diff sup -->\n### `sup` (account 1, us-east-1)")
    answer = json.loads(as_json(found, place))
    assert (answer["needs_consent"], answer["usd"]["difference_per_month"]) == (["buy"], 730.0)
    assert "has no record of its price yet" in in_words(None, found.after)
    assert "Nothing is replaced" in as_table(Difference([], None, found.after))
