"""`kit agents list`: the agents of deployment.toml. It calls nothing."""

import argparse
import json
from typing import Any

from deployment.config import DeploymentConfig, load_deployment_config
from kit.deployment_arguments import add_deployment_arguments
from kit.table import table

HEAD = ("AGENT", "MODEL", "MEMORY", "TOOLS (* needs approval)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser)


def run(options: argparse.Namespace) -> int:
    found = entries(load_deployment_config(options.config, options.environment))
    if options.json:
        print(json.dumps({"agents": found}, indent=2))
    else:
        print("\n".join(table([HEAD, *map(_row, found)])) if found else "no agents; add [agents.NAME]")
    return 0


def entries(config: DeploymentConfig) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "model": config.agent_model(name),
            "memory": agent.memory,
            "tools": [
                {"name": tool, "kind": item.kind, "needs_approval": item.confirm} for tool, item in agent.tools.items()
            ],
        }
        for name, agent in config.agents.items()
    ]


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    tools = [tool["name"] + ("*" if tool["needs_approval"] else "") for tool in entry["tools"]]
    return entry["name"], entry["model"], entry["memory"], ", ".join(tools) or "none"
