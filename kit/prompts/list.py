"""`kit prompts list`: the prompts of deployment.toml. It calls nothing."""

import argparse
import json
from typing import Any

from deployment.config import DeploymentConfig, load_deployment_config
from kit.deployment_arguments import add_deployment_arguments
from kit.table import table
from kit_contract.prompts import variables_in

HEAD = ("PROMPT", "VERSION", "VARIABLES (* from callers)", "USED BY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser)


def run(options: argparse.Namespace) -> int:
    found = entries(load_deployment_config(options.config, options.environment))
    if options.json:
        print(json.dumps({"prompts": found}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(table([HEAD, *map(_row, found)])) if found else "no prompts; add [prompts.NAME]")
    return 0


def entries(config: DeploymentConfig) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "version": prompt.version,
            "variables": {one: prompt.variables.get(one) for one in variables_in(prompt.content)},
            "used_by": used_by(config, name),
        }
        for name, prompt in config.prompts.items()
    ]


def used_by(config: DeploymentConfig, prompt: str) -> list[str]:
    """Settings that name it."""
    aliases = [name for name, alias in config.aliases.items() if alias.prompt == prompt]
    agents = [name for name, agent in config.agents.items() if agent.instructions_prompt == prompt]
    return [*(f"alias {name}" for name in aliases), *(f"agent {name}" for name in agents)]


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    variables = [name if value is not None else f"{name}*" for name, value in entry["variables"].items()]
    return entry["name"], entry["version"], ", ".join(variables) or "none", ", ".join(entry["used_by"]) or "nothing"
