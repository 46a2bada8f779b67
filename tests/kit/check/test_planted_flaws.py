"""`kit check --app ... --json` reports each planted kind of flaw in a foreign app, and nothing in a clean one."""

import io
import json
import re
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import command_line, run_command
from tests.kit.check.planted import PLANTED
from tests.kit.check.twenty_six import TWENTY_SIX

PROJECT = Path(__file__).resolve().parents[3]
APP = shlex.join([sys.executable, "-m", "tests.kit.check.planted"])


def check(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error. In this process: the rules are loaded once."""
    output, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        code = run_command(command_line(), ["check", *arguments])
    output.seek(0)
    return code, output.read(), errors.getvalue()


@pytest.fixture(scope="module")
def findings() -> list[dict[str, Any]]:
    code, output, errors = check("--json", "--app", APP)
    assert code == 1, errors
    return [json.loads(line) for line in output.splitlines()]


def test_the_kinds_are_those_of_the_comparison_of_tools() -> None:
    assert len(TWENTY_SIX) == 26


@pytest.mark.parametrize("kind", [kind for kind, planted in PLANTED.items() if planted.rules])
def test_a_planted_flaw_is_found(kind: str, findings: list[dict[str, Any]]) -> None:
    found = {item["rule"] for item in findings if (item["stack"], item["resource"]) == (kind, PLANTED[kind].resource)}

    assert set(PLANTED[kind].rules) <= found


def test_a_finding_is_one_line_with_rule_resource_reason_and_fix(findings: list[dict[str, Any]]) -> None:
    for item in findings:
        assert set(item) == {"stack", "resource", "rule", "reason", "fix"}
        assert all(item.values()), item
        assert "\n" not in item["reason"] + item["fix"]


def test_each_finding_is_printed_once(findings: list[dict[str, Any]]) -> None:
    places = [(item["stack"], item["resource"], item["rule"], item["reason"]) for item in findings]

    assert len(set(places)) == len(places)


def test_every_rule_of_the_kit_is_planted_and_on_the_page() -> None:
    sources = (PROJECT / "kit" / "check").rglob("*.py")
    rules = {rule for path in sources for rule in re.findall(r'"(kit-[a-z-]+[a-z])"', path.read_text(encoding="utf-8"))}
    page = re.findall(
        r"^\| `(kit-[a-z-]+)` \|", (PROJECT / "docs" / "check.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert page == sorted(rules)
    assert {rule for planted in PLANTED.values() for rule in planted.rules if rule.startswith("kit-")} == rules


def test_a_clean_stack_has_no_findings(findings: list[dict[str, Any]]) -> None:
    assert [item for item in findings if item["stack"] == "clean"] == []
