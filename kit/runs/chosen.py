"""The runs that a command line names, found in the deployment."""

import argparse
from collections.abc import Collection, Sequence

from kit.runs.choose import choose
from kit.runs.deployed import Deployed, connect
from kit.runs.lookup import all_runs, customizations, read_parameters
from kit.runs.recorded_run import RecordedRun
from kit.runs.served_history import AliasHistory, alias_histories
from kit_contract.errors import InputError


def found_runs(options: argparse.Namespace) -> tuple[Deployed, list[RecordedRun]]:
    """All of the deployment, the newest first. Raises KitError, and botocore's errors."""
    deployed = connect(options.config, options.environment, local=options.local)
    runs, name = all_runs(deployed), options.customization
    if name is not None:
        names = {run.customization for run in runs} | set(customizations(deployed, read_parameters(deployed)))
        check_customization(name, names)
    return deployed, runs


def check_customization(name: str, known: Collection[str]) -> None:
    """Raises InputError."""
    if name not in known:
        listed = ", ".join(sorted(known)) or "none yet"
        raise InputError(f"--customization must be one that is deployed or has runs: {listed}; got {name!r}")


def chosen_run(options: argparse.Namespace) -> tuple[Deployed, RecordedRun]:
    deployed, runs = found_runs(options)
    return deployed, choose(runs, options.run_name, options.customization)


def chosen_runs(options: argparse.Namespace, wanted: Sequence[str]) -> tuple[Deployed, list[RecordedRun]]:
    """Each once, in the order of `wanted`."""
    deployed, runs = found_runs(options)
    return deployed, list(dict.fromkeys(choose(runs, name, options.customization) for name in wanted))


def found_histories(deployed: Deployed, options: argparse.Namespace) -> list[AliasHistory]:
    """Of every customization, or of --customization. Raises KitError, and botocore's errors."""
    histories, name = alias_histories(deployed), options.customization
    if name is not None:
        check_customization(name, {history.customization for history in histories})
    return [history for history in histories if name in (None, history.customization)]
