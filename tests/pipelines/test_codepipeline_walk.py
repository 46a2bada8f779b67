"""The life of the pipeline: from a push to prod, what stops it at each stage, and how it goes back."""

import json
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines import fake_kit
from tests.pipelines.codepipeline_templates import pipeline
from tests.pipelines.codepipeline_walk import Walk
from tests.synthesized import PROJECT

MAKEFILE = "setup:\n\t@true\ncheck:\n\t@! grep -q ugly revision\n"
CHECKS = ["Source.Source", "Check.Check", "Check.Synth", "Check.SecurityGate"]
DEV = ["DevReview.Diff", "Dev.Deploy", "Dev.Smoke"]
PROD = ["ProdReview.Diff", "ProdReview.Approval", "Prod.Deploy", "Prod.Smoke"]


def difference(*kinds: str, digest: str = "1a2b3c4d", effects: int = 1) -> dict[str, Any]:
    """What kit diff --json prints."""
    price = {"hour": 21.18, "month": 15461.4, "committed": 0.0, "at_least": False}
    found = [
        {"kind": kind, "subject": f"support-{number}", "what": "because", "stack": "", "usd": 3.5, "optional": False}
        for kind in kinds
        for number in range(effects)
    ]
    place = {"deployment": "shop-prod", "environment": "prod", "account": "333344445555", "region": "us-west-2"}
    usd = {"before": {**price, "hour": 0.0}, "after": price, "difference_per_hour": 21.18, "difference_per_month": 1.0}
    return {**place, "effects": found, "needs_consent": list(kinds), "digest": digest, "stacks": {}, "usd": usd}


@dataclass
class Accounts:
    """Both environments, and the pipeline over them."""

    folder: Path
    walk: Walk

    def will(self, environment: str, found: Mapping[str, Any]) -> None:
        (self.folder / f"{environment}.json").write_text(json.dumps(found), encoding="utf-8")

    def break_(self, command: str) -> None:
        (self.folder / "broken").write_text(command, encoding="utf-8")

    def revision(self, name: str) -> Path:
        """A folder with the sources of this revision."""
        folder = self.folder.parent / name
        (folder / ".venv" / "bin").mkdir(parents=True)
        python = folder / ".venv" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {fake_kit.__file__} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        (folder / "revision").write_text(name, encoding="utf-8")
        (folder / "Makefile").write_text(MAKEFILE, encoding="utf-8")
        return folder

    def has(self, environment: str) -> str:
        file = self.folder / environment
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def calls(self, command: str) -> list[Any]:
        lines = (self.folder / "calls").read_text(encoding="utf-8").splitlines()
        return [call for call in map(json.loads, lines) if call[0] == command]


Make = Callable[..., Accounts]


@pytest.fixture
def accounts(tmp_path: Path) -> Make:
    def make(*, approve: bool = True) -> Accounts:
        folder = tmp_path / "state"
        folder.mkdir()
        (folder / "broken").write_text("", encoding="utf-8")
        environ = {
            "PATH": "/usr/bin:/bin",
            "TMPDIR": str(tmp_path),
            "KIT_STATE": str(folder),
            "KIT_SOURCES": str(PROJECT),
        }
        made = Accounts(folder, Walk(pipeline(), environ, lambda _: approve))
        for environment in ("dev", "prod"):
            made.will(environment, difference(digest="00000000"))
        return made

    return make


def test_a_push_reaches_prod_after_an_approval_that_says_what_it_accepts(accounts: Make) -> None:
    place = accounts()
    place.will("prod", difference("retrain"))

    done = place.walk.run(place.revision("one"))

    assert done.ran == [*CHECKS, *DEV, *PROD], done.log
    assert done.succeeded
    assert (place.has("dev"), place.has("prod")) == ("one", "one")
    (approval,) = done.approvals
    assert "shop-prod in 333344445555, us-west-2: 21.18 USD an hour" in approval["CustomData"]
    assert "+21.18 an hour" in approval["CustomData"]
    assert "retrain support-0; approving accepts retrain@1a2b3c4d" in approval["CustomData"]
    assert approval["ExternalEntityLink"].endswith(
        "ProdDiffProject6E6E5BEF/build/DeploymentPipelineProdDiffProject6E6E5BEF%3A0f0f"
    )
    dev, prod = (call[3] for call in place.calls("deploy"))
    assert "--accept" not in dev
    assert prod[prod.index("--accept") + 1] == "retrain@1a2b3c4d"
    assert (dev[1], prod[1]) == ("--remove-absent", "--keep-absent")  # as accept says


def test_each_build_has_the_role_of_its_environment_and_the_checks_have_none(accounts: Make) -> None:
    place = accounts()
    place.walk.run(place.revision("one"))

    def role(account: str, environment: str, build: str) -> str:
        return f"arn:aws:iam::{account}:role/shop-{environment}-codepipeline-{build}"

    for command, build in (("diff", "diff"), ("deploy", "deploy"), ("pipeline smoke", "smoke")):
        assert [call[2] for call in place.calls(command)] == [
            role("222233334444", "dev", build),
            role("333344445555", "prod", build),
        ]
    assert {call[2] for command in ("pipeline synth", "check") for call in place.calls(command)} == {""}


def test_a_purchase_that_the_file_does_not_name_stops_before_anybody_is_asked(accounts: Make) -> None:
    place = accounts()
    place.will("prod", difference("buy"))

    done = place.walk.run(place.revision("one"))

    assert done.ran[-1] == "ProdReview.Diff failed"
    assert (done.approvals, place.has("prod")) == ([], "")


def test_a_rejected_approval_deploys_nothing_and_rolls_nothing_back(accounts: Make) -> None:
    place = accounts(approve=False)

    done = place.walk.run(place.revision("one"))

    assert done.ran[-1] == "ProdReview.Approval failed"
    assert (place.has("dev"), place.has("prod")) == ("one", "")


def test_what_differs_from_what_was_approved_is_not_deployed(accounts: Make) -> None:
    place = accounts()
    place.will("prod", difference("retrain"))

    def approve_what_changes_then(_: object) -> bool:
        place.will("prod", difference("retrain", digest="ffffffff"))
        return True

    place.walk.approve = approve_what_changes_then

    done = place.walk.run(place.revision("one"))

    assert done.ran[-1] == "Prod.Deploy failed"
    assert place.has("prod") == ""


@pytest.mark.parametrize(
    ("command", "last"),
    [
        ("pipeline synth", "Check.Synth failed"),
        ("check", "Check.SecurityGate failed"),
        ("diff", "DevReview.Diff failed"),
        ("deploy", "Dev.Deploy failed"),
        ("pipeline smoke", "Dev.Smoke failed"),
    ],
)
def test_a_failure_ends_the_execution_there(accounts: Make, command: str, last: str) -> None:
    place = accounts()
    place.break_(command)

    done = place.walk.run(place.revision("one"))

    assert last in done.ran
    assert not done.succeeded
    assert place.has("prod") == ""


def test_checks_that_fail_are_tried_once_more(accounts: Make) -> None:
    place = accounts()

    done = place.walk.run(place.revision("ugly"))

    assert done.ran == ["Source.Source", "Check.Check failed", "Check.Synth", "Check.Check failed"]
    assert place.has("dev") == ""


def test_a_wrong_answer_brings_back_the_version_before_and_asks_nobody(accounts: Make) -> None:
    place = accounts()
    place.will("dev", difference("retrain"))  # of the first version: its words are of no use for the way back
    assert place.walk.run(place.revision("one")).outputs["DevDiff"]["KIT_ACCEPT"] == "retrain@1a2b3c4d"

    done = place.walk.run(place.revision("wrong"))

    assert done.ran[-3:] == ["Dev.Smoke failed", "rollback Dev.Deploy", "rollback Dev.Smoke"]
    assert (place.has("dev"), place.has("prod"), done.approvals) == ("one", "one", [])


def test_a_way_back_that_needs_consent_is_refused(accounts: Make) -> None:
    place = accounts()
    place.will("dev", difference("retrain"))
    place.walk.run(place.revision("one"))
    place.will("dev", difference("retrain", digest="22222222"))
    place.break_("pipeline smoke")
    bad = place.revision("two")
    stage = place.walk._actions

    def then_needs_consent(*arguments: Any, **named: Any) -> Any:
        if named.get("mark"):
            place.will("dev", difference("buy", digest="33333333"))
        return stage(*arguments, **named)

    place.walk._actions = then_needs_consent  # type: ignore[method-assign]
    done = place.walk.run(bad)

    assert done.ran[-1] == "rollback Dev.Deploy failed"
    assert place.has("dev") == "two"


def test_a_long_diff_fits_into_the_message_of_an_approval(accounts: Make) -> None:
    place = accounts()
    place.will("prod", difference("retrain", effects=200))

    done = place.walk.run(place.revision("one"))

    (approval,) = done.approvals
    assert len(approval["CustomData"]) <= 1000
    assert "more; approving accepts retrain@1a2b3c4d" in approval["CustomData"]
