"""`kit deploy`: deploys the stacks to the AWS account of your credentials, never to the embedded AWS."""

import argparse
import os
import subprocess
from pathlib import Path

from kit.cdk_cli import CDK, NODE, PROJECT
from local_aws.guard import require_real


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy")


def run(options: argparse.Namespace) -> int:
    require_real(os.environ)
    config = Path(options.config).resolve()
    command = [str(NODE), str(CDK), "deploy", "--all", "-c", f"config={config}", *options.cdk_arguments]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode
