"""`kit runs compare`: the settings that differ between runs, and what came of each."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.chosen import chosen_runs
from kit.runs.costs import cost_text, run_cost
from kit.runs.deployed import Deployed
from kit.runs.details import Details, details_of, read_object
from kit.runs.entry import name_of
from kit.runs.series import series_in
from kit.runs.words import UNKNOWN, WIDTH, cut, duration, number, time_of
from kit.table import table
from kit_contract.counted import counted
from kit_contract.errors import InputError

# Names of resources, which follow from the other settings
NOT_COMPARED = {"bucket", "role_arn", "data_prefix", "output_prefix", "deployment_name", "customization"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_names", metavar="RUN", nargs="+", help=RUN)


def run(options: argparse.Namespace) -> int:
    deployed, runs = chosen_runs(options, options.run_names)
    if len(runs) < 2:
        raise InputError(f"kit runs compare takes two different runs or more, got {len(runs)}")
    compared = details_of(deployed, runs, metrics=True)
    settings = [settings_of(item) for item in compared]
    results = [_results(deployed, item) for item in compared]
    if options.json:
        both = zip(compared, settings, results, strict=True)
        print(json.dumps([{**name_of(one.run), "settings": said, "results": got} for one, said, got in both], indent=1))
        return 0
    head = ("", *(f"{item.run.customization} {item.run.run_id[:8]}" for item in compared))
    same = [name for name in _names(settings) if len({said.get(name) for said in settings}) == 1]
    differ = [name for name in _names(settings) if name not in same]
    print("\n".join(_table(head, "SETTINGS THAT DIFFER", differ, settings)))
    print(f"\nthe same: {counted(len(same), 'other setting')}.\n" if differ else "  none\n")
    print("\n".join(_table(head, "RESULTS", _names(results), results)))
    return 0


def settings_of(details: Details) -> dict[str, str]:
    """Flat: "hyperparameters.epochCount" -> "2". Without an execution, those that its job and metrics tell."""
    given: dict[str, Any] = {
        "base_model": details.base_model,
        "method": details.method,
        "hyperparameters": details.hyperparameters,
        **details.specification,
        "dataset": details.input.get("key") or (details.metrics.get("dataset") or {}).get("key"),
        "dataset_sha256": details.input.get("dataset_sha256") or (details.metrics.get("dataset") or {}).get("sha256"),
        "records": number(details.records),
        "tokens": number(details.tokens),
    }
    kept = {name: value for name, value in given.items() if name not in NOT_COMPARED}
    return {name: str(value) for name, value in _flat(kept) if value not in (None, "")}


def _flat(value: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, item in value.items():
        found += _flat(item, f"{above}{name}.") if isinstance(item, dict) else [(f"{above}{name}", item)]
    return found


def _results(deployed: Deployed, details: Details) -> dict[str, str]:
    run = details.run
    losses = {item.name: f"{item.values[-1]:.4f}" for item in series_in(details.metrics)}
    return {
        "status": run.status,
        "started (UTC)": time_of(run.started),
        "took": duration(run.started, run.ended),
        "job took": duration(run.job.created, run.job.ended) if run.job else UNKNOWN,
        **{f"final {name}": value for name, value in losses.items()},
        "USD": cost_text(run_cost(details, deployed.region)),
        "model": run.model_state or UNKNOWN,
        **figures(read_object(deployed, run, "evaluation.json")),
    }


def _names(columns: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for column in columns for name in column))


def _table(head: Sequence[str], title: str, names: Sequence[str], columns: Sequence[Mapping[str, str]]) -> list[str]:
    left = max([len(title), *map(len, names)])
    room = max(16, (WIDTH - left) // len(columns) - 2)
    rows = [(name, *(cut(column.get(name, UNKNOWN), room) for column in columns)) for name in names]
    return table([(title, *head[1:]), *rows])


def figures(report: Mapping[str, Any]) -> dict[str, str]:
    """Of evaluation.json: decision, and each metric of the candidate with its interval where the report has one."""
    if not report:
        return {}
    found = {"evaluation": str(report.get("decision", "unknown"))}
    metrics = report.get("metrics")
    for name, value in metrics.items() if isinstance(metrics, dict) else ():
        found[f"evaluation {name}"] = _figure(value)
    return found


def _figure(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("candidate", value.get("mean"))
    if isinstance(value, dict):
        value = value.get("mean")
    return f"{value:.4g}" if isinstance(value, int | float) else "unknown"
