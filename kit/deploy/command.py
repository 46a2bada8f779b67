"""`kit deploy`: deploys the stacks to the AWS account of your credentials, never to the embedded AWS."""

import argparse
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from kit.cdk_cli import CDK, NODE, PROJECT
from kit.deploy.concurrency import concurrency_notice
from local_aws.guard import require_real


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy")


def run(options: argparse.Namespace) -> int:
    require_real(os.environ)
    config = Path(options.config).resolve()
    if notice := _concurrency_notice(config):
        print(f"warning: {notice}", file=sys.stderr)
    command = [str(NODE), str(CDK), "deploy", "--all", "-c", f"config={config}", *options.cdk_arguments]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


def _concurrency_notice(config: Path) -> str:
    """Empty for a file that cannot be read: the synthesis tells what is wrong with it."""
    import boto3

    try:
        region = tomllib.loads(config.read_text(encoding="utf-8"))["deployment"]["region"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""

    def account_settings() -> dict[str, Any]:
        settings: dict[str, Any] = boto3.client("lambda", region_name=region).get_account_settings()
        return settings

    return concurrency_notice(account_settings, region)
