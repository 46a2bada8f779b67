"""`kit deploy`: deploys the stacks to the AWS account of your credentials, never to the embedded AWS."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import boto3

from deployment.config import load_deployment_config
from kit.cdk_cli import CDK, NODE, PROJECT
from kit.deploy.concurrency import concurrency_notice
from kit.missing_documents import restoring_arguments
from local_aws.guard import require_real


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy")


def run(options: argparse.Namespace) -> int:
    require_real(os.environ)
    path = Path(options.config).resolve()
    config = load_deployment_config(path)
    session = boto3.Session(region_name=config.deployment.region)
    if notice := concurrency_notice(session.client("lambda").get_account_settings, config.deployment.region):
        print(f"warning: {notice}", file=sys.stderr)
    restoring = restoring_arguments(config, session.client, lambda line: print(line, file=sys.stderr))
    command = [str(NODE), str(CDK), "deploy", "--all", "-c", f"config={path}", *restoring, *options.cdk_arguments]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode
