"""Synthesizes a configuration once, as `python app.py` does, and caches the result by a hash of all inputs."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tests.deployment_file import shipped_file

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED = "deployment.toml"  # not the project's own, which is yours to edit
FILES = ("app.py", "cdk.json", "requirements.txt", "tests/shipped.toml")
CONFIGS = ("tests/iam/deployment.toml", "tests/iam/encrypted.toml", "tests/iam/by_arn.toml")
PACKAGES = ("stacks", "deployment", "bedrock_constructs", "lambda", "kit_contract", "model_catalog", "training_data")
INPUTS = (*FILES, *CONFIGS, *PACKAGES, "examples", "tests/stacks")
ACCOUNT = "111122223333"


@cache
def synthesized(config: str = SHIPPED) -> dict[str, dict[str, Any]]:
    """Stack name -> template."""
    folder = PROJECT / ".local" / "synth" / f"{_inputs_hash()}-{config.replace('/', '-')}"
    if not (folder / "manifest.json").is_file():
        _synthesize(config, folder)
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.template.json"))
    }


def folder_of(config: str = SHIPPED) -> Path:
    synthesized(config)
    return PROJECT / ".local" / "synth" / f"{_inputs_hash()}-{config.replace('/', '-')}"


def without_hashes(template: dict[str, Any]) -> dict[str, Any]:
    """The template with asset hashes replaced: they depend on the sources, which have their own tests."""
    text = re.sub(
        r"[0-9a-f]{64}|(?<=/)[0-9a-f]{20}(?=\*\.jsonl)|(?<=[/\"])[0-9a-f]{16}(?=\.jsonl)",
        "<hash>",
        json.dumps(template),
    )
    cleaned: dict[str, Any] = json.loads(text)
    return cleaned


def _synthesize(config: str, folder: Path) -> None:
    environment = {
        **os.environ,
        "CDK_VALIDATION": "false",
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps({"config": str(shipped_file()) if config == SHIPPED else config}),
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
    }
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise AssertionError(f"synth of {config} failed:\n{done.stdout[-15000:]}\n{done.stderr[-6000:]}")


@cache
def _inputs_hash() -> str:
    digest = hashlib.sha256()
    for name in INPUTS:
        root = PROJECT / name
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file() and "__pycache__" not in path.parts and "__snapshots__" not in path.parts:
                digest.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]
