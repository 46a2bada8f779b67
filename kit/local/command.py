"""`kit local`: deploys to an embedded AWS on this machine, shows it and stops it."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from deployment.checks.check_deployment import check_deployment
from deployment.config import load_deployment_config
from kit.cdk_cli import environment_arguments, run_cdk
from kit.deployment_arguments import add_file_arguments
from kit.embedded_outputs import read_outputs
from kit.hint import as_given
from kit.local.install import install
from kit.local.lock import held_by, lock
from kit.local.run import LocalRun
from kit.local.signals import ignore_signals, stopped_by_signal
from kit.local.watch import EmbeddedAwsGoneError
from kit_contract.errors import ExternalError, KitError
from kit_contract.places import IS_INSTALLED, PROJECT
from local_aws import emulator

LOCAL = PROJECT / ".local"
STATE = LOCAL / "aws"
OUTPUTS = LOCAL / "outputs.json"
END_SECONDS = 60  # of a run whose embedded AWS is gone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    up = _action(actions, "up", "start the embedded AWS, deploy, train, ingest and ask questions")
    up.add_argument("--port", type=_port, help="port of the embedded AWS (default: a free one)")
    up.set_defaults(run=_up, local=True)  # for what messages name
    if IS_INSTALLED:  # in a clone, make setup does it
        text = "install the embedded AWS and the CDK CLI into this folder"
        _action(actions, "install", text).set_defaults(run=lambda _: install())
    _action(actions, "down", "stop the embedded AWS; what is deployed on it is lost").set_defaults(run=_down)
    _action(actions, "status", "show whether it runs, and the outputs of the last up").set_defaults(run=_status)
    destroy = _action(actions, "destroy", "delete the stacks; the embedded AWS keeps running")
    destroy.set_defaults(run=_destroy)
    for action in (up, destroy):
        add_file_arguments(action)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"must be 1 to 65535, got {text!r}")
    return int(text)


def _action(actions: Any, name: str, text: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
    return added


def _up(options: argparse.Namespace) -> int:
    with lock(LOCAL / "up.lock"), stopped_by_signal():
        path = Path(options.config).resolve()
        config = load_deployment_config(path, options.environment)
        check_deployment(config, path.name)
        started_here = emulator.running(STATE) is None
        try:
            LocalRun(config, path, state=STATE, outputs=OUTPUTS, port=options.port, options=options).up()
        except EmbeddedAwsGoneError:
            emulator.stop(STATE)  # Lambda workers may have outlived it
            raise
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
                text = "the embedded AWS keeps running, because it ran before; make up goes on, make down stops it"
                print(f"\n{as_given(text, options)}", file=sys.stderr)
            raise
    return 0


def _down(_: argparse.Namespace) -> int:
    """A make up that runs ends too. It may be about to start the embedded AWS, so look until it has ended."""
    was_running = emulator.stop(STATE)
    deadline = time.monotonic() + END_SECONDS
    while owner := held_by(LOCAL / "up.lock"):
        was_running |= emulator.stop(STATE)
        if time.monotonic() > deadline:
            raise ExternalError(f"another run (process {owner}) does not end; stop it with Ctrl-C in its terminal")
        time.sleep(0.2)
    OUTPUTS.unlink(missing_ok=True)
    print("the embedded AWS is stopped; nothing is left running" if was_running else "nothing was running")
    return 0


def _status(_: argparse.Namespace) -> int:
    aws = emulator.running(STATE)
    if aws is None:
        print("the embedded AWS is not running; start it with: make up")
        return 1
    print(f"the embedded AWS runs on {aws.endpoint_url} (process {aws.pid})")
    if outputs := read_outputs(OUTPUTS):
        print(json.dumps(outputs, indent=2))
    return 0


def _destroy(options: argparse.Namespace) -> int:
    aws = emulator.running(STATE)
    if aws is None:
        print("the embedded AWS is not running; there is nothing to destroy")
        return 0
    load_deployment_config(options.config, options.environment)  # its faults, without those of a failed cdk
    app = ("-c", f"config={Path(options.config).resolve()}")
    with lock(LOCAL / "up.lock"):
        run_cdk(
            ["destroy", "--all", "--force", *app, *environment_arguments(options.environment)],
            environment=emulator.environment(aws),
            log=STATE / "cdk.log",
            on_line=print,
        )
    return 0
