"""`make check`'s gate: the CDK's own validation, as errors, of the shipped stacks and of every stack in both regions.

One process for all: the validation costs seconds to start, once a process. CDK_VALIDATION=true switches it on.
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
        sys.exit("CDK_VALIDATION must be true, or nothing is validated; run make check")
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    for config in CONFIGS:
        with tempfile.TemporaryDirectory() as folder:
            app = cdk.App(context={**flags, **AS_ERRORS}, outdir=folder)
            build_app(app, load_deployment_config(PROJECT / config), account=ACCOUNT)
            app.synth()
        print(f"templates of {config}: accepted by the CDK's validation")


if __name__ == "__main__":
    main()
