"""`kit verify`: its table, its exit codes, its policy, and the page that explains each check."""

import json
import re
from pathlib import Path

import pytest

from kit.__main__ import main
from kit.verify import command
from kit.verify.check import Check, Finding, holds, unknown
from kit.verify.check import false as wrong
from kit.verify.checks import CHECKS
from kit.verify.place import Place
from tests.kit.verify.fake_account import PROJECT, REGION, FakeAccount, config

PAGE = (PROJECT / "docs" / "verification.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<claim>.+?) \| .*`kit verify`: `(?P<check>[a-z0-9-]+)`", re.MULTILINE)
FINDINGS = {"holds": holds("a"), "does not hold": wrong("b", "because"), "cannot tell": unknown("c", "why")}


def check(name: str, *findings: Finding) -> Check:
    return Check(name, "a claim", (), lambda _: findings)


def run(monkeypatch: pytest.MonkeyPatch, verdicts: list[str], *arguments: str) -> int:
    checks = [check(f"check-{word[0]}", FINDINGS[word]) for word in verdicts]
    monkeypatch.setattr(command, "CHECKS", [*checks, check("empty")])
    monkeypatch.setattr(command, "your_account", lambda *_: Place(config(), REGION, FakeAccount().client))
    return main(["verify", *arguments])


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [([], 0), (["holds"], 0), (["holds", "cannot tell"], 3), (["cannot tell", "does not hold", "holds"], 1)],
)
def test_the_exit_code_is_that_of_the_worst_finding(
    monkeypatch: pytest.MonkeyPatch, verdicts: list[str], code: int
) -> None:
    assert run(monkeypatch, verdicts) == code


def test_the_table_has_every_finding_and_names_what_had_nothing_to_look_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, list(FINDINGS))

    printed = capsys.readouterr().out
    assert "does not hold  check-d  b     because\n" in printed
    assert "nothing to look at in the file or the account: empty\n" in printed
    assert "1 hold, 1 do not hold, 1 cannot be told." in printed


def test_json_has_the_claim_of_each_check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, ["does not hold"], "--json")

    found = json.loads(capsys.readouterr().out)["checks"][0]
    assert found["claim"] == "a claim"
    assert found["findings"] == [{"what": "b", "result": "does not hold", "why": "because"}]


def test_the_policy_allows_nothing_that_changes_anything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--rights"]) == 0

    (statement,) = json.loads(capsys.readouterr().out)["Statement"]
    assert all(
        re.fullmatch(r"[a-z0-9-]+:(Get|List|Describe)\w+|apigateway:GET", action) for action in statement["Action"]
    )


def test_each_check_has_the_row_of_its_claim_and_each_row_its_check() -> None:
    rows = {match["check"]: match["claim"] for match in ROW.finditer(PAGE)}

    assert sorted(rows) == sorted(item.name for item in CHECKS)
    for item in CHECKS:
        assert rows[item.name].startswith(item.claim), item.name


def test_without_credentials_it_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))

    assert main(["verify"]) == 1

    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert "you are not logged in" in output.err
    assert "add --local" in output.err
