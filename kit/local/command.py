"""`kit local`: deploys to an embedded AWS on this machine, shows it and stops it."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from deployment.checks.check_deployment import check_deployment
from deployment.config import load_deployment_config
from kit.cdk_cli import PROJECT, run_cdk
from kit.local.lock import lock
from kit.local.run import LocalRun
from kit.local.signals import ignore_signals, stopped_by_signal
from kit_contract.errors import KitError
from local_aws import emulator

LOCAL = PROJECT / ".local"
STATE = LOCAL / "aws"
OUTPUTS = LOCAL / "outputs.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    up = _action(actions, "up", "start the embedded AWS, deploy, train, ingest and ask questions")
    up.add_argument("--port", type=int, help="port of the embedded AWS (default: a free one)")
    up.set_defaults(run=_up)
    _action(actions, "down", "stop the embedded AWS; what is deployed on it is lost").set_defaults(run=_down)
    _action(actions, "status", "show whether it runs, and the outputs of the last up").set_defaults(run=_status)
    destroy = _action(actions, "destroy", "delete the stacks; the embedded AWS keeps running")
    destroy.set_defaults(run=_destroy)
    for action in (up, destroy):
        action.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")


def _action(actions: Any, name: str, text: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
    return added


def _up(options: argparse.Namespace) -> int:
    with lock(LOCAL / "up.lock"), stopped_by_signal():
        path = Path(options.config).resolve()
        config = load_deployment_config(path)
        check_deployment(config, path.name)
        started_here = emulator.running(STATE) is None
        try:
            LocalRun(config, path, state=STATE, outputs=OUTPUTS, port=options.port).up()
        except KitError:
            if emulator.running(STATE):
                print(
                    "\nthe embedded AWS keeps running so that you can inspect it; make down stops it", file=sys.stderr
                )
            raise
        except BaseException:  # Ctrl-C, a signal or a bug: stop what this run started
            if started_here:
                ignore_signals()
                emulator.stop(STATE)
                print("\nstopped the embedded AWS; nothing is left running", file=sys.stderr)
            elif emulator.running(STATE):
                print(
                    "\nthe embedded AWS keeps running, because it ran before this make up; make up again goes on, make "
                    "down stops it",
                    file=sys.stderr,
                )
            raise
    return 0


def _down(_: argparse.Namespace) -> int:
    was_running = emulator.stop(STATE)
    OUTPUTS.unlink(missing_ok=True)
    print("the embedded AWS is stopped; nothing is left running" if was_running else "nothing was running")
    return 0


def _status(_: argparse.Namespace) -> int:
    aws = emulator.running(STATE)
    if aws is None:
        print("the embedded AWS is not running; start it with: make up")
        return 1
    print(f"the embedded AWS runs on {aws.endpoint_url} (process {aws.pid})")
    if OUTPUTS.is_file():
        print(json.dumps(json.loads(OUTPUTS.read_text(encoding="utf-8")), indent=2))
    return 0


def _destroy(options: argparse.Namespace) -> int:
    aws = emulator.running(STATE)
    if aws is None:
        print("the embedded AWS is not running; there is nothing to destroy")
        return 0
    with lock(LOCAL / "up.lock"):
        run_cdk(
            ["destroy", "--all", "--force", "-c", f"config={Path(options.config).resolve()}"],
            environment=emulator.environment(aws),
            log=STATE / "cdk.log",
            on_line=print,
        )
    return 0
