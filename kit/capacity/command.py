"""`kit capacity`: what provisioned throughput is there, why, until when and at what price; buys, releases, resumes."""

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from deployment.config import ConfigError
from kit.capacity.controller import CapacityError, CapacityFunction, connect
from kit.capacity.table import sentence, table
from local_aws.guard import GuardError

ACTIONS = {
    "buy": "buy it now, until the schedule's next closing or for --hours",
    "release": "release it until it is bought or resumed",
    "resume": "lift what a person or the budget decided: back to the schedule",
    "migrate": "to the model units or commitment of deployment.toml, without a gap; shows the plan, --yes begins",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", help="without one: a table of all")
    for name, text in ACTIONS.items():
        action = actions.add_parser(name, help=text)
        action.add_argument("name", metavar="NAME", help="as kit capacity shows it, with or without the deployment")
        _common(action, default=argparse.SUPPRESS)
        if name == "buy":
            action.add_argument("--hours", type=float, help="how long, whatever the schedule says")
            action.add_argument("--yes", action="store_true", help="accept the price without being asked")
        if name == "migrate":
            action.add_argument("--yes", action="store_true", help="accept the price and begin")
        if name == "release":
            action.add_argument("--reason", default="released by a person", help="shown in the table")


def run(options: argparse.Namespace) -> int:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        function = connect(options.config, local=options.local)
        if options.action is None:
            return _status(function, options)
        if options.action == "migrate":
            return int(importlib.import_module("kit.capacity.migrate").migrate(function, options))
        return _decide(function, options)
    except (CapacityError, ConfigError, GuardError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1


def _common(parser: argparse.ArgumentParser, **more: Any) -> None:
    given: Any = {"default": Path("deployment.toml"), **more}
    parser.add_argument("--config", type=Path, help="default: deployment.toml", **given)
    off: Any = {"default": False, **more}
    parser.add_argument("--local", action="store_true", help="of the embedded AWS that make up started", **off)
    parser.add_argument("--json", action="store_true", help="for programs", **off)


def _status(function: CapacityFunction, options: argparse.Namespace) -> int:
    reports = function.ask({"action": "status"})
    print(json.dumps(reports, indent=2) if options.json else table(reports))
    return 0


def _decide(function: CapacityFunction, options: argparse.Namespace) -> int:
    name = function.full_name(options.name)
    event: dict[str, Any] = {"action": options.action, "name": name}
    if options.action == "buy":
        if not _accepted(function, name, options):
            print("nothing was bought", file=sys.stderr)
            return 1
        event["hours"] = options.hours
    if options.action == "release":
        event["reason"] = options.reason
    steps = function.decide(event)
    print(json.dumps(steps, indent=2) if options.json else "\n".join(sentence(step) for step in steps))
    return 0


def _accepted(function: CapacityFunction, name: str, options: argparse.Namespace) -> bool:
    """Whether the price is accepted: by --yes, or by a person who was told it."""
    if options.yes:
        return True
    if options.json or not sys.stdin.isatty():
        raise CapacityError("kit capacity buy spends money and asks first; add --yes where nobody can be asked")
    (report,) = function.ask({"action": "status", "name": name})
    hourly = report.get("accepted_usd_per_hour")
    price = "an unknown price an hour" if hourly is None else f"at most {hourly:,.2f} USD an hour"
    return input(f"buy {name} for {price}, until it is released? [y/N] ").strip().lower() in ("y", "yes")
