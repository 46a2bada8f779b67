"""`kit runs plot`: the curves of one run or several, in the terminal and as a picture."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.chart import chart
from kit.runs.chosen import chosen_runs
from kit.runs.details import Details, details_of, read_object
from kit.runs.model_source import is_external
from kit.runs.recorded_run import RecordedRun
from kit.runs.series import Series, series_in
from kit_contract.errors import InputError

SUFFIXES = (".png", ".svg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_names", metavar="RUN", nargs="+", help=RUN)
    parser.add_argument("--output", type=_picture, metavar="FILE", help="write a picture, too: .png or .svg")


def run(options: argparse.Namespace) -> int:
    deployed, runs = chosen_runs(options, options.run_names)
    curves = [(item, one) for item in runs for one in series_in(read_object(deployed, item, "metrics.json"))]
    if missing := [item for item in runs if all(item != other for other, _ in curves)]:
        raise InputError(_no_curves(*details_of(deployed, missing[:1])))
    if options.json:
        print(json.dumps([_json(item, one) for item, one in curves], indent=1))
    else:
        labelled = {label(runs, item, one): one for item, one in curves}
        for measure in dict.fromkeys(one.measure for _, one in curves):
            print("\n".join(chart({name: one for name, one in labelled.items() if one.measure == measure}, measure)))
    if options.output:
        draw({label(runs, item, one): one for item, one in curves}, options.output)
        if not options.json:
            print(options.output)
    return 0


def label(runs: list[RecordedRun], item: RecordedRun, one: Series) -> str:
    same = sum(other.customization == item.customization for other in runs) > 1
    return f"{item.customization}{f' {item.run_id[:8]}' if same else ''}: {one.name}"


def _no_curves(details: Details) -> str:
    item = details.run
    if is_external(details):
        return (
            f"run {item.run_id} of {item.customization} has no curves: its model was made by {details.method}, not "
            "trained by a job of this deployment; name a run that trained, see kit runs list"
        )
    why = f"it is {item.status}" if item.status != "succeeded" else "its job reported none"
    return (
        f"run {item.run_id} of {item.customization} has no curves: {why}; the workflow records them when the job has "
        "ended"
    )


def _json(item: RecordedRun, one: Series) -> dict[str, object]:
    return {
        "customization": item.customization,
        "run_id": item.run_id,
        "series": one.name,
        "steps": one.steps,
        "values": one.values,
    }


def _picture(text: str) -> Path:
    if Path(text).suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"must end in {' or '.join(SUFFIXES)}, got {text!r}")
    return Path(text)


def draw(curves: Mapping[str, Series], output: Path) -> None:
    """Write the picture (PNG or SVG by `output`'s suffix). Raises OSError."""
    # Figure without pyplot: no window, no global state, no backend to choose.
    from matplotlib.figure import Figure

    measures = list(dict.fromkeys(item.measure for item in curves.values()))
    figure = Figure(figsize=(10, 4.5 * len(measures)), layout="constrained")
    fields = figure.subplots(len(measures), 1, squeeze=False)[:, 0]
    for axes, measure in zip(fields, measures, strict=True):
        for index, (name, item) in enumerate(curves.items()):
            if item.measure == measure:
                points = "o-" if len(item.values) <= 10 else "-"
                axes.plot(item.steps, item.values, points, color=f"C{index}", label=name, markersize=4)
        axes.set(xlabel="step", ylabel=measure)
        axes.grid(alpha=0.4)
        axes.legend(frameon=False, fontsize=9)
    figure.savefig(output, dpi=120)
