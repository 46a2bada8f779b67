"""Run by `make check`: the CDK's validation, with errors instead of warnings, of all stacks in both regions.

One process validates all, because the start takes seconds. CDK_VALIDATION=true enables the validation.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import aws_cdk as cdk

from app import build_app
from deployment.config import load_deployment_config

PROJECT = Path(__file__).resolve().parent.parent
CONFIGS = ("deployment.toml", "tests/stacks/full.toml", "tests/stacks/full_east.toml")
AS_ERRORS = {"@aws-cdk/core:validateAgainstDefaultRules": True}
ACCOUNT = "111122223333"


def main() -> None:
    if os.environ.get("CDK_VALIDATION") != "true":
        sys.exit("CDK_VALIDATION must be true; run make check")
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    for config in CONFIGS:
        with tempfile.TemporaryDirectory() as folder:
            app = cdk.App(context={**flags, **AS_ERRORS}, outdir=folder)
            build_app(app, load_deployment_config(PROJECT / config), account=ACCOUNT)
            app.synth()
        print(f"templates of {config}: valid")


if __name__ == "__main__":
    main()
