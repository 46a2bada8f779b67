"""`kit pipeline access`: deploys the stack <name>-pipeline-access, with your permissions, and prints its roles.

It is apart from `kit deploy`, so that no pipeline changes who may use it.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deployment.checks.account import check_account
from deployment.config import DeploymentConfig, load_deployment_config
from deployment.sections.pipeline import PipelineAccess
from kit.cdk_cli import environment_arguments
from kit.deploy.account import Account
from kit.deploy.synthesis import option, run_cli
from kit.deployment_arguments import add_file_arguments
from kit.stack_outputs import stack_outputs
from kit_contract.errors import ExternalError, InputError
from kit_contract.stacks import PIPELINE_ACCESS_CONTEXT, pipeline_access_stack, pipeline_role_output
from local_aws.guard import require_real

GITHUB, GITLAB = "github", "gitlab"
GITHUB_HOST = "token.actions.githubusercontent.com"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file_arguments(parser, defaults=False)
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy; put -- before them")


def run(options: argparse.Namespace) -> int:
    profile = option(options.cdk_arguments, "--profile")
    require_real(os.environ, profile=profile)
    path = Path(options.config).resolve()
    config = load_deployment_config(path, options.environment)
    sections = sections_of(config)
    if not sections and not is_deployed_by_codepipeline(config):
        raise InputError(f"{path.name} has no section [pipeline.*] for this environment; add one")
    account = Account(profile, config.deployment.region)
    check_account(config, account.id, path.name)
    stack = pipeline_access_stack(config.deployment.name)
    deployed = stack_outputs(account.client("cloudformation"), stack)
    if sections:
        check_providers(sections, account.client("iam"), deployed or {})
    context = ["-c", f"config={path}", "-c", f"{PIPELINE_ACCESS_CONTEXT}=1"]
    chosen = environment_arguments(options.environment)
    if code := run_cli(["deploy", "--all", *context, *chosen, *options.cdk_arguments]):
        print("nothing of it is there that was not there before; see the output of cdk deploy above", file=sys.stderr)
        return code
    outputs = stack_outputs(account.client("cloudformation"), stack) or {}
    for line in instructions(config, outputs):
        print(line)
    return 0


def is_deployed_by_codepipeline(config: DeploymentConfig) -> bool:
    section = config.pipeline.codepipeline if config.pipeline else None
    return section is not None and config.environment in section.environments


def sections_of(config: DeploymentConfig) -> dict[str, tuple[str, PipelineAccess]]:
    """System -> host of its issuer, and its section."""
    pipeline = config.pipeline
    found: dict[str, tuple[str, PipelineAccess]] = {}
    if pipeline and pipeline.github:
        found[GITHUB] = (GITHUB_HOST, pipeline.github)
    if pipeline and pipeline.gitlab:
        found[GITLAB] = (pipeline.gitlab.host, pipeline.gitlab)
    return found


def check_providers(sections: Mapping[str, tuple[str, PipelineAccess]], iam: Any, deployed: Mapping[str, str]) -> None:
    """An account has one provider for each issuer. Raises InputError, and botocore's errors."""
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    hosts = {item["Arn"].partition(":oidc-provider/")[2] for item in listed}
    for system, (host, section) in sections.items():
        mine = pipeline_role_output(system, "deploy") in deployed
        if section.provider == "create" and host in hosts and not mine:
            raise InputError(
                f"the account already has the OIDC provider {host}, of which there can be one; "
                f'set pipeline.{system}.provider = "existing"'
            )
        if section.provider == "existing" and host not in hosts:
            raise InputError(
                f'the account has no OIDC provider {host}; set pipeline.{system}.provider = "create", or make it'
            )


def instructions(config: DeploymentConfig, outputs: Mapping[str, str]) -> Iterator[str]:
    """What is left to do: no role's ARN is a secret, so they are variables."""
    if is_deployed_by_codepipeline(config):
        yield "the roles of [pipeline.codepipeline] are there; kit pipeline deploy makes the pipeline that assumes them"
    for system, (_, section) in sections_of(config).items():
        arns = {name: outputs.get(pipeline_role_output(system, name), "") for name in ("diff", "drift", "deploy")}
        if not all(arns.values()):
            raise ExternalError(f"the stack has no roles of {system}; deploy it again with this version of the kit")
        yield f"roles of {system}:"
        yield from (f"  {name:<7} {arn}" for name, arn in arns.items())
        yield from _variables(system, section, config, arns)


def _variables(
    system: str, section: PipelineAccess, config: DeploymentConfig, arns: Mapping[str, str]
) -> Iterator[str]:
    names = variables_of(config.environment)
    values = [*arns.values(), config.deployment.region]
    yield "set these variables:"
    for name, value in zip(names, values, strict=True):
        if system == GITHUB:
            yield f"  gh variable set {name} --repo {getattr(section, 'repository', '')} --body {value}"
        else:
            yield f"  glab variable set {name} {value}"


def variables_of(environment: str | None) -> list[str]:
    """What the workflows read: the roles to look, to look for drift and to deploy, and the Region."""
    suffix = f"_{environment.upper().replace('-', '_')}" if environment else ""
    return [f"{name}{suffix}" for name in ("AWS_DIFF_ROLE", "AWS_DRIFT_ROLE", "AWS_DEPLOY_ROLE", "AWS_REGION")]
