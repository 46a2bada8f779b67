"""The runs that a command line names, found in the deployment."""

import argparse
from collections.abc import Sequence

from kit.runs.choose import choose
from kit.runs.deployed import Deployed, connect
from kit.runs.lookup import all_runs
from kit.runs.recorded_run import RecordedRun


def found_runs(options: argparse.Namespace) -> tuple[Deployed, list[RecordedRun]]:
    """All of the deployment, the newest first. Raises KitError, and botocore's errors."""
    deployed = connect(options.config, options.environment, local=options.local)
    return deployed, all_runs(deployed)


def chosen_run(options: argparse.Namespace) -> tuple[Deployed, RecordedRun]:
    deployed, runs = found_runs(options)
    return deployed, choose(runs, options.run_name, options.customization)


def chosen_runs(options: argparse.Namespace, wanted: Sequence[str]) -> tuple[Deployed, list[RecordedRun]]:
    """Each once, in the order of `wanted`."""
    deployed, runs = found_runs(options)
    return deployed, list(dict.fromkeys(choose(runs, name, options.customization) for name in wanted))
