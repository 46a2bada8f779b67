"""`kit local up|down|status|destroy`: the stacks on an embedded AWS; explains failures."""

import argparse
import json
import sys
from pathlib import Path

from deployment.checks.deployment import check_deployment
from deployment.config import ConfigError, load_deployment_config
from kit.cdk_cli import PROJECT, CdkError, run_cdk
from kit.local.following import FollowError
from kit.local.lock import LockedError, lock
from kit.local.questions import AskError
from kit.local.run import LocalRun
from kit.local.signals import ignore_signals, stopped_by_signal
from local_aws import emulator
from local_aws.guard import GuardError

LOCAL = PROJECT / ".local"
STATE = LOCAL / "aws"
OUTPUTS = LOCAL / "outputs.json"
EXPECTED = (ConfigError, FollowError, AskError, CdkError, LockedError, GuardError, emulator.EmulatorError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["up", "down", "status", "destroy"])
    parser.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    parser.add_argument("--port", type=int, help="port of the embedded AWS (default: a free one)")


def run(options: argparse.Namespace) -> int:
    actions = {"up": _up, "down": _down, "status": _status, "destroy": _destroy}
    try:
        return actions[options.action](options)
    except EXPECTED as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _up(options: argparse.Namespace) -> int:
    with lock(LOCAL / "up.lock"), stopped_by_signal():
        path = Path(options.config).resolve()
        config = load_deployment_config(path)
        check_deployment(config, path.name)
        started_here = emulator.running(STATE) is None
        try:
            LocalRun(config, path, state=STATE, outputs=OUTPUTS, port=options.port).up()
        except EXPECTED:
            if emulator.running(STATE):
                print("\nthe embedded AWS still runs, for a look at what happened; make down stops it", file=sys.stderr)
            raise
        except BaseException:  # Ctrl-C, a signal, a fault of ours: nothing half-made is left running
            if started_here:
                ignore_signals()
                emulator.stop(STATE)
                print("\nstopped the embedded AWS; nothing is left running", file=sys.stderr)
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
