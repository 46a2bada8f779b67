"""The runs that a command line names, found in the deployment."""

import argparse
from collections.abc import Sequence

from kit.runs.choose import choose
from kit.runs.deployed import Deployed, connect
from kit.runs.lookup import all_runs
from kit.runs.recorded_run import RecordedRun


def chosen_run(options: argparse.Namespace) -> tuple[Deployed, RecordedRun]:
    """Raises KitError, and botocore's errors."""
    deployed, (run,) = chosen_runs(options, [options.run_name])
    return deployed, run


def chosen_runs(options: argparse.Namespace, wanted: Sequence[str]) -> tuple[Deployed, list[RecordedRun]]:
    """Each once, in the order of `wanted`."""
    deployed = connect(options.config, local=options.local)
    runs = all_runs(deployed)
    return deployed, list(dict.fromkeys(choose(runs, name, options.customization) for name in wanted))
