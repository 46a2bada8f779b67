"""`kit check --app ... --json` reports each planted kind of flaw in a foreign app, and nothing in a clean one."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.kit.check.planted import PLANTED, TWENTY_SIX

PROJECT = Path(__file__).resolve().parents[3]
APP = shlex.join([sys.executable, str(Path(__file__).with_name("planted.py"))])


def check(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kit", "check", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def findings() -> list[dict[str, Any]]:
    done = check("--json", "--app", f"{APP} flaws")
    assert done.returncode == 1, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


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


def test_a_clean_app_has_no_findings() -> None:
    done = check("--app", f"{APP} clean")

    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert done.stderr.startswith("0 finding(s) in 1 stack(s)")
