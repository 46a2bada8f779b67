"""`kit runs list`: every run of the deployment, the newest first."""

import argparse
import json
from collections.abc import Sequence

from kit.hint import as_given
from kit.runs.arguments import add_common_arguments
from kit.runs.chosen import found_runs
from kit.runs.costs import cost_text, run_cost
from kit.runs.deployed import Deployed
from kit.runs.details import Details, details_of
from kit.runs.entry import entry
from kit.runs.failure import message_in
from kit.runs.recorded_run import UNSUCCESSFUL, RecordedRun
from kit.runs.words import cut, duration, number, time_of
from kit.table import table

LIMIT = 20
HEAD = ("CUSTOMIZATION", "RUN", "TRY", "STATUS", "STARTED (UTC)", "TOOK", "RECORDS", "TOKENS", "USD", "MODEL")
RIGHT = ("TRY", "TOOK", "RECORDS", "TOKENS", "USD")
NOTES = (
    "TOKENS and USD are estimates of the training: - is unknown, + is a job more that did not finish.\n"
    "Executions are kept for 90 days: an older run is shown by its job and model, without the reason of a failure."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--limit", type=_limit, default=LIMIT, help="how many, the newest first (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    return show_list(options, options.limit)


def show_list(options: argparse.Namespace, limit: int) -> int:
    deployed, found = found_runs(options)
    runs = [item for item in found if options.customization in (None, item.customization)]
    shown = details_of(deployed, runs[:limit])
    if options.json:
        print(json.dumps([entry(item, deployed.region) for item in shown], indent=1))
    else:
        print(as_given("\n".join(_lines(deployed, runs, shown)), options))
    return 0


def _lines(deployed: Deployed, runs: Sequence[RecordedRun], shown: Sequence[Details]) -> list[str]:
    if not runs:
        return ["no runs yet: kit deploy starts one for each customization, and so does an upload of data"]
    lines = []
    rows = table([HEAD, *(_row(item, deployed.region) for item in shown)], right=RIGHT)
    for line, item in zip(rows, [None, *shown], strict=True):
        lines.append(line)
        if item and item.run.status in UNSUCCESSFUL and (item.error or item.cause):
            lines.append(cut(f"    {item.error}: {message_in(item.cause)}"))
        if item and item.waits_for_approval:
            lines.append(f"    to decide: kit runs approve {item.run.run_id}")
    if len(runs) > len(shown):
        lines.append(f"{len(shown)} of {len(runs)} runs; all of them: kit runs list --limit {len(runs)}")
    return [*lines, "", NOTES]


def _row(details: Details, region: str) -> tuple[str, ...]:
    run = details.run
    return (
        run.customization,
        run.run_id,
        str(run.latest.number) if run.latest else "-",
        details.status,
        time_of(run.started),
        duration(run.started, run.ended),
        number(details.records),
        number(details.tokens),
        cost_text(run_cost(details, region)),
        run.model_state or "-",
    )


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"must be 1 to 10000, got {text!r}")
    return int(text)
