"""`kit pipeline synth`: the cloud assembly of one environment, without credentials: what the security gate checks.

The deploy synthesizes again, with what it sees in the account: what serves, and what was deleted by hand.
"""

import argparse
from pathlib import Path

from kit.check.own_apps import OwnApp
from kit.check.synthesis import synthesize_own
from kit.deployment_arguments import add_file_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file_arguments(parser, defaults=False)
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="the folder of the cloud assembly")


def run(options: argparse.Namespace) -> int:
    output = options.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    synthesize_own(OwnApp(Path(options.config), options.environment), output)
    print(f"{options.environment or options.config}: {output}")
    return 0
