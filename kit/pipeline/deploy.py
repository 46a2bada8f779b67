"""`kit pipeline deploy`: deploys [pipeline.codepipeline] to the pipeline's own account, with your permissions.

It is apart from `kit deploy`, so that no pipeline changes what it may do itself.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from deployment.pipeline_plan import PipelinePlan, check_pipeline_account, load_pipeline_plan
from kit.deploy.account import Account
from kit.deploy.synthesis import option, run_cli
from kit.deployment_arguments import CONFIG
from kit_contract.pipelines import PIPELINE_CONTEXT, pipeline_stack
from local_aws.guard import require_real


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=CONFIG, help="default: deployment.toml")
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy; put -- before them")


def run(options: argparse.Namespace) -> int:
    profile = option(options.cdk_arguments, "--profile")
    require_real(os.environ, profile=profile)
    path = Path(options.config).resolve()
    plan = load_pipeline_plan(path)
    account = Account(profile, plan.section.region)
    check_pipeline_account(plan, account.id, path.name)
    context = ["-c", f"config={path}", "-c", f"{PIPELINE_CONTEXT}=1"]
    if code := run_cli(["deploy", "--all", *context, *options.cdk_arguments]):
        return code
    for line in instructions(plan):
        print(line)
    return 0


def instructions(plan: PipelinePlan) -> Iterator[str]:
    """What is left to do once."""
    yield f"deployed {pipeline_stack(plan.name)} to account {plan.section.account}, region {plan.section.region}"
    yield "once, with an administrator's credentials of each environment's account:"
    for stage in plan.stages:
        yield f"  cdk bootstrap aws://{stage.account}/{stage.region}"
        yield f"  kit pipeline access --environment {stage.environment}"
    if plan.section.emails:
        yield f"confirm the subscription that AWS sent to {', '.join(plan.section.emails)}"
    yield "if the connection is pending, authorize it in the console: Developer Tools, Settings, Connections"
