"""`kit capacity`: shows provisioned throughput with reason, end and price; buys, releases and resumes it."""

import argparse
import json
import sys
from typing import Any

from kit.capacity.controller import CapacityFunction, connect
from kit.capacity.table import sentence, table
from kit.deployment_arguments import add_deployment_arguments
from kit.hint import as_given
from kit_contract.errors import KitError

RESUME = "end what a person or the budget decided, and go back to the schedule"
MIGRATE = "change model units or commitment without a gap: shows the plan, --yes starts it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser, defaults=True)
    actions = parser.add_subparsers(metavar="ACTION", help="default: a table of all provisioned throughput")
    buy = actions.add_parser("buy", help="buy it now, until the schedule next closes or for --hours")
    buy.add_argument("--hours", type=float, help="how long to keep it, whatever the schedule says")
    buy.add_argument("--yes", action="store_true", help="accept the price without being asked")
    buy.set_defaults(run=_buy)
    release = actions.add_parser("release", help="release it until you buy or resume it")
    release.add_argument("--reason", default="released by a person", help="shown in the table")
    release.set_defaults(run=_release)
    resume = actions.add_parser("resume", help=RESUME)
    resume.set_defaults(run=_resume)
    migrate = actions.add_parser("migrate", help=MIGRATE, module="kit.capacity.migrate")
    for action in (buy, release, resume, migrate):
        action.add_argument("name", metavar="NAME", help="as in the table; the deployment's name may be left out")
        add_deployment_arguments(action)


def run(options: argparse.Namespace) -> int:
    reports = connect(options.config, options.environment, local=options.local).ask({"action": "status"})
    print(json.dumps(reports, indent=2) if options.json else as_given(table(reports), options))
    return 0


def _buy(options: argparse.Namespace) -> int:
    function = connect(options.config, options.environment, local=options.local)
    name = function.full_name(options.name)
    if not _accepted(function, name, options):
        print("nothing was bought", file=sys.stderr)
        return 1
    return _decide(function, options, {"action": "buy", "name": name, "hours": options.hours})


def _release(options: argparse.Namespace) -> int:
    function = connect(options.config, options.environment, local=options.local)
    name = function.full_name(options.name)
    return _decide(function, options, {"action": "release", "name": name, "reason": options.reason})


def _resume(options: argparse.Namespace) -> int:
    function = connect(options.config, options.environment, local=options.local)
    return _decide(function, options, {"action": "resume", "name": function.full_name(options.name)})


def _decide(function: CapacityFunction, options: argparse.Namespace, event: dict[str, Any]) -> int:
    steps = function.decide(event)
    print(json.dumps(steps, indent=2) if options.json else as_given("\n".join(map(sentence, steps)), options))
    return 0


def _accepted(function: CapacityFunction, name: str, options: argparse.Namespace) -> bool:
    if options.yes:
        return True
    if options.json or not sys.stdin.isatty():
        raise KitError("kit capacity buy spends money and asks first, but there is no terminal to ask on; add --yes")
    (report,) = function.ask({"action": "status", "name": name})
    hourly = report.get("accepted_usd_per_hour")
    price = "an unknown hourly price" if hourly is None else f"at most {hourly:,.2f} USD an hour"
    return input(f"buy {name} for {price}, until it is released? [y/N] ").strip().lower() in ("y", "yes")
