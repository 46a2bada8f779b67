"""`kit prompts show NAME`: the text in deployment.toml, and what Bedrock has of the prompt."""

import argparse
import json
import os
from collections.abc import Callable
from typing import Any

from deployment.config import DeploymentConfig, load_deployment_config
from kit.deployment_arguments import add_deployment_arguments
from kit.embedded_outputs import embedded_outputs
from kit.prompts.list import entries
from kit_contract.aws_errors import code_of
from kit_contract.errors import ExternalError, InputError
from kit_contract.parameters import prompt_version
from local_aws.guard import require_real

Clients = Callable[[str], Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser)
    parser.add_argument("prompt", metavar="NAME")


def run(options: argparse.Namespace) -> int:
    config = load_deployment_config(options.config, options.environment)
    if options.prompt not in config.prompts:
        known = ", ".join(config.prompts) or "none"
        raise InputError(f"{options.config.name} has no prompt {options.prompt}; it has: {known}")
    (entry,) = (item for item in entries(config) if item["name"] == options.prompt)
    deployed = versions(*connect(options, config), options.prompt)
    if options.json:
        text = {"text": config.prompts[options.prompt].content}
        print(json.dumps({**entry, **text, "deployed": deployed}, indent=2, ensure_ascii=False))
        return 0
    print(config.prompts[options.prompt].content)
    print(f"\nversion   {entry['version']}, used by {', '.join(entry['used_by']) or 'nothing'}")
    for item in deployed:
        same = "the text above" if item["description"].startswith(entry["version"]) else "another text: deploy"
        print(f"deployed  {item['arn']}  {same}")
    if not deployed:
        print("deployed  nothing yet")
    return 0


def connect(options: argparse.Namespace, config: DeploymentConfig) -> tuple[Clients, str]:
    """Clients of the deployment's account, and its name. Raises KitError, and botocore's errors about credentials."""
    if options.local:
        embedded = embedded_outputs(options.config, options.environment)
        return lambda service: embedded.session.client(service, endpoint_url=embedded.endpoint_url), embedded.deployment
    import boto3

    require_real(os.environ)
    return boto3.Session(region_name=config.deployment.region).client, config.deployment.name


def versions(clients: Clients, kit_deployment: str, prompt: str) -> list[dict[str, str]]:
    """Those in Bedrock, without the draft. Raises ExternalError if the prompt was deleted by hand."""
    try:
        found = clients("ssm").get_parameter(Name=prompt_version(kit_deployment, prompt))["Parameter"]["Value"]
    except Exception as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return []
    number = found.rpartition("/")[2].partition(":")[0]
    pages = clients("bedrock-agent").get_paginator("list_prompts").paginate(promptIdentifier=number)
    try:
        summaries = [item for page in pages for item in page["promptSummaries"]]
    except Exception as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        raise ExternalError(
            f"Bedrock has no prompt {prompt} ({number}) any more: it was deleted by hand; kit deploy makes "
            "another. Aliases and agents go on with the text they have"
        ) from None
    return [
        {"arn": item["arn"], "version": item["version"], "description": item.get("description", "")}
        for item in summaries
        if item["version"] != "DRAFT"
    ]
