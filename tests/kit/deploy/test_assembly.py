"""The stacks of a cloud assembly: those of app.py, with and without stages."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk

from app import build_app
from deployment.config import load_deployment_config
from kit.deploy.assembly import StackName, forget, stacks_in
from kit_contract.stacks import STACK_SUFFIXES
from tests.deployment_file import PROJECT


def test_the_stacks_of_the_kit_have_the_known_names_in_the_known_order(tmp_path: Path) -> None:
    """Otherwise a removed section is removed in the wrong order."""
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(outdir=str(tmp_path), context=flags)
    config = load_deployment_config(PROJECT / "tests" / "stacks" / "full_east.toml")
    name, region = config.deployment.name, config.deployment.region
    build_app(app, config)
    stacks = [child.stack_name for child in app.node.children if isinstance(child, cdk.Stack)]

    assert stacks == config.stacks == [f"{name}-{suffix}" for suffix in STACK_SUFFIXES]

    app.synth()
    assert stacks_in(tmp_path) == {StackName(region, stack) for stack in stacks}


def test_a_stack_of_your_own_counts_in_a_stage_too(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    place = cdk.Environment(account="111122223333", region="eu-central-1")
    cdk.Stack(app, "Mine", env=place, stack_name="sup-dashboard")
    cdk.Stack(cdk.Stage(app, "Stage", env=place), "Inner")
    app.synth()

    assert stacks_in(tmp_path) == {
        StackName("eu-central-1", "sup-dashboard"),
        StackName("eu-central-1", "Stage-Inner"),
    }


def test_an_app_without_stacks_is_not_a_missing_assembly(tmp_path: Path) -> None:
    assert stacks_in(tmp_path) is None
    cdk.App(outdir=str(tmp_path)).synth()
    assert stacks_in(tmp_path) == set()
    forget(tmp_path)
    assert stacks_in(tmp_path) is None
