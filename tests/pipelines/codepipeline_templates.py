"""The templates of tests/stacks/pipeline.toml: the pipeline, and who may be assumed in each environment's account."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from app import build_pipeline, build_pipeline_access
from deployment.config import load_deployment_config
from tests.synthesized import PROJECT

FILE = PROJECT / "tests/stacks/pipeline.toml"
PIPELINE_ACCOUNT = "111122223333"


@cache
def pipeline(file: Path = FILE) -> dict[str, Any]:
    stack = build_pipeline(_app(), file, account=PIPELINE_ACCOUNT).node.find_child("shop-pipeline")
    return _template(stack)


@cache
def access(environment: str) -> dict[str, Any]:
    config = load_deployment_config(FILE, environment)
    stack = build_pipeline_access(_app(), config).node.find_child(f"shop-{environment}-pipeline-access")
    return _template(stack)


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: item["Properties"] for name, item in template["Resources"].items() if item["Type"] == kind}


def _app() -> cdk.App:
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return cdk.App(context=flags)


def _template(stack: Any) -> dict[str, Any]:
    assert isinstance(stack, cdk.Stack)
    return dict(cdk.assertions.Template.from_stack(stack).to_json())
