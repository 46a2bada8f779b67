"""50 customizations, 20 throughputs and 500 aliases in one deployment, synthesized once, and one that is too large."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployment.checks.template_limits import Size, template_sizes
from model_catalog import catalog
from tests.large_deployment import REGION, invocable_ids, large_deployment
from tests.synthesized import ACCOUNT, PROJECT

MODELS = 100  # at least so many different ones are named by the aliases


def _synth(folder: Path, text: str, **context: object) -> subprocess.CompletedProcess[str]:
    file = folder / "deployment.toml"
    file.write_text(text, encoding="utf-8")
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(folder / "assembly"),
        "CDK_CONTEXT_JSON": json.dumps({"config": str(file), **context}),
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
    }
    command = [sys.executable, "app.py"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    done = _synth(
        folder, large_deployment(customizations=50, throughputs=20, aliases=500), nag=True, retry_failed="true"
    )
    assert done.returncode == 0, done.stderr[-5000:]
    return folder / "assembly"


@pytest.fixture(scope="session")
def templates(assembly: Path) -> dict[str, str]:
    paths = assembly.glob("*.template.json")
    return {path.name.removesuffix(".template.json"): path.read_text(encoding="utf-8") for path in paths}


def _largest(templates: dict[str, str], stack: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for size in _sizes(templates, stack):
        found[size.what] = max(size.got, found.get(size.what, 0))
    return found


def _sizes(templates: dict[str, str], stack: str) -> list[Size]:
    return list(template_sizes(f"large-and-long-{stack}", REGION, templates[f"large-and-long-{stack}"]))


# The figures of today, rounded up: a change that needs more says so here.
@pytest.mark.parametrize(
    ("stack", "most"),
    [
        ("training", {"resources": 380, "bytes of template": 700_000, "characters of inline policies": 9_300}),
        ("provisioned-throughput", {"resources": 130, "bytes of template": 140_000}),
        ("provisioned-throughput", {"characters of inline policies": 3_400, "bytes of environment variables": 1_400}),
        ("inference-api", {"resources": 60, "bytes of environment variables": 400, "managed policies": 7}),
    ],
)
def test_the_limits_hold_with_room(templates: dict[str, str], stack: str, most: dict[str, int]) -> None:
    largest = _largest(templates, stack)

    assert {what: got for what, got in largest.items() if what in most and got > most[what]} == {}
    assert most.keys() <= largest.keys()


def test_no_limit_is_crossed(templates: dict[str, str]) -> None:
    stacks = [name.removeprefix("large-and-long-") for name in templates]

    assert len(stacks) == 6
    assert [size for stack in stacks for size in _sizes(templates, stack) if size.got > size.allowed] == []


def _aliases(assembly: Path) -> Iterator[dict[str, Any]]:
    for path in assembly.glob("asset.*.zip"):
        with zipfile.ZipFile(path) as archive:
            if "aliases.json" in archive.namelist():
                yield json.loads(archive.read("aliases.json"))


def test_everything_is_there(templates: dict[str, str], assembly: Path) -> None:
    training = json.loads(templates["large-and-long-training"])["Resources"].values()
    capacity = json.loads(templates["large-and-long-provisioned-throughput"])["Resources"].values()
    (aliases,) = _aliases(assembly)

    starts = [item for item in training if item["Type"] == "Custom::BedrockCustomizationStart"]
    assert [item["Properties"]["RetryFailed"] for item in starts] == [True] * 50
    assert sum(item["Type"] == "Custom::BedrockProvisionedThroughput" for item in capacity) == 20
    assert len(aliases) == 500
    assert len({alias["model"] for alias in aliases.values()}) > MODELS


def test_every_model_of_an_alias_can_be_invoked(templates: dict[str, str]) -> None:
    """By a statement in an inline or in a managed policy."""
    granted: set[str] = set()
    for item in json.loads(templates["large-and-long-inference-api"])["Resources"].values():
        for statement in item["Properties"].get("PolicyDocument", {}).get("Statement", []):
            if str(statement.get("Sid", "")).startswith("InvokeConfiguredModels"):
                granted |= set(statement["Resource"])

    needed = {arn for model in invocable_ids() for arn in catalog.invoke_arns(model, REGION, ACCOUNT, partition="aws")}
    assert granted == needed


@pytest.mark.parametrize("stack", ["training", "provisioned-throughput"])
def test_dependencies_do_not_grow_with_the_number_of_items(templates: dict[str, str], stack: str) -> None:
    """Only what is there once may depend on all items."""
    resources: dict[str, dict[str, Any]] = json.loads(templates[f"large-and-long-{stack}"])["Resources"]
    kinds = [item["Type"] for item in resources.values()]

    most = max(len(item.get("DependsOn", [])) for item in resources.values() if kinds.count(item["Type"]) >= 20)

    assert most <= 42


def test_a_deployment_that_is_too_large_is_refused_with_limit_and_fix(tmp_path: Path) -> None:
    done = _synth(tmp_path, large_deployment(customizations=82, throughputs=1, aliases=82))

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "deployment.toml: stack large-and-long-training: 5" in done.stderr
    assert " resources, allowed: 500 for a stack; remove [training.customizations.*] sections, or move" in done.stderr
    assert "nothing was deployed" in done.stderr
