"""What would make a deploy fail halfway stops it before it begins."""

from typing import Any

import pytest

from kit.verify import preflight as preflights
from kit.verify.check import Check, Finding, false, holds, unknown
from kit.verify.checks import CHECKS
from kit.verify.preflight import NAMES, as_lines, may_begin, preflight
from tests.kit.verify.fake_account import REGION, FakeAccount, config, seen

SUBJECT = "knowledge bases (L-60DA3E0D)"


def quota(name: str, value: float) -> dict[str, Any]:
    return {"Quota": {"QuotaCode": "L-60DA3E0D", "QuotaName": name, "Value": value}}


def bases(*names: str) -> dict[str, Any]:
    items = [
        {"knowledgeBaseId": f"{number:010d}", "name": name, "status": "ACTIVE", "updatedAt": 0}
        for number, name in enumerate(names)
    ]
    return {"knowledgeBaseSummaries": items}


@pytest.mark.parametrize(
    ("value", "name", "others", "verdict"),
    [
        (2, "(Knowledge Bases) Knowledge bases per account", ["a"], "holds"),
        (1, "(Knowledge Bases) Knowledge bases per account", ["a"], "does not hold"),
        (1, "(Knowledge Bases) Knowledge bases per account", ["OWN"], "holds"),
        (9, "Flows per account", [], "cannot tell"),
    ],
)
def test_knowledge_bases_of_others_count_and_its_own_do_not_twice(
    value: int, name: str, others: list[str], verdict: str
) -> None:
    own = f"support-assistant-{config().knowledge_base.name}"  # type: ignore[union-attr]
    listed = bases(*(own if other == "OWN" else other for other in others))
    account = FakeAccount(GetServiceQuota=quota(name, value), ListKnowledgeBases=listed)

    assert seen("knowledge-base-quota", account) == [(SUBJECT, verdict)]


@pytest.mark.parametrize(
    ("finding", "begins", "shown"),
    [
        (holds("a"), True, "preflight: 1 hold, 0 do not or cannot be told"),
        (unknown("a", "you may not ask"), True, "cannot tell"),
        (false("a", "ask for more"), False, "ask for more"),
    ],
)
def test_only_what_does_not_hold_stops_a_deploy(
    monkeypatch: pytest.MonkeyPatch, finding: Finding, begins: bool, shown: str
) -> None:
    monkeypatch.setattr(preflights, "CHECKED", (Check("bootstrap", "a claim", (), lambda _: [finding]),))

    results = preflight(config(), REGION, FakeAccount().client)

    assert may_begin(results) is begins
    assert shown in "\n".join(as_lines(results))


def test_its_checks_are_those_of_kit_verify() -> None:
    assert set(NAMES) <= {check.name for check in CHECKS}
