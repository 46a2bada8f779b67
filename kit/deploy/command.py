"""`kit deploy`: deploys the stacks to the AWS account of your credentials, never to the embedded AWS."""

import argparse
import os
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from deployment.config import load_deployment_config
from kit.cdk_cli import CDK, NODE, PROJECT
from kit.training_deploy import look_again
from kit_contract.errors import InputError
from local_aws.guard import require_real


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    parser.add_argument(
        "--retrain",
        action="append",
        default=[],
        metavar="CUSTOMIZATION",
        help="train its model again, and pay for it again, if it was deleted",
    )
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy")


def run(options: argparse.Namespace) -> int:
    require_real(os.environ)
    path = Path(options.config).resolve()
    config = load_deployment_config(path)
    known = config.training.customizations if config.training else {}
    if strangers := sorted(set(options.retrain) - set(known)):
        raise InputError(
            f"--retrain takes customizations of {path.name}, got {', '.join(strangers)}; "
            f"allowed: {', '.join(sorted(known)) or 'none'}"
        )
    with tempfile.TemporaryDirectory() as folder:
        outputs = Path(folder) / "outputs.json"
        # The last of two --outputs-file wins, so one of yours gets the outputs, and the summary leaves them out.
        command = [str(NODE), str(CDK), "deploy", "--all", "-c", f"config={path}", "--outputs-file", str(outputs)]
        command += [*look_again(datetime.now(UTC), options.retrain), *options.cdk_arguments]
        code = subprocess.run(command, cwd=PROJECT, check=False).returncode
        if code:
            return code
        from kit.deploy import after  # boto3 and the dataset: only after a deploy

        code = after.tell_not_served(config, after.training_outputs(config, outputs))
    after.tell_kept_models(config, options.cdk_arguments)
    return code
