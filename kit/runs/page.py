"""The page that `kit runs show` prints."""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.progress import curve
from kit.runs.costs import run_cost, training_usd
from kit.runs.deployed import Deployed
from kit.runs.details import Details
from kit.runs.failure import failure_of, message_in
from kit.runs.model_source import is_external, source_of
from kit.runs.recorded_run import UNSUCCESSFUL
from kit.runs.series import Series, series_in
from kit.runs.steps import Step
from kit.runs.words import WIDTH, cut, duration, number, second_of, seconds, time_of, usd
from kit.table import table
from kit_contract.counted import counted
from kit_contract.external_models import IMPORT

LABEL = 13


@dataclass(frozen=True)
class Shown:
    """`job`: Bedrock's description of the latest one; `evaluation`: its report. Both may be empty."""

    deployed: Deployed
    details: Details
    steps: Sequence[Step]
    job: Mapping[str, Any]
    evaluation: Mapping[str, Any]

    @property
    def reason(self) -> tuple[str, str]:
        """(error, cause) of the latest execution, or of the job where no execution is left."""
        details = self.details
        if details.error or details.cause or self.job.get("status") not in ("Failed", "Stopped"):
            return details.error, details.cause
        return "", str(self.job.get("failureMessage", ""))


def page(shown: Shown, said: Callable[[str], str] = str) -> list[str]:
    """Lines. `said` gives the commands of a hint their options."""
    run = shown.details.run
    state = f", {run.model_state}" if run.model_state else ""
    lines = [f"{run.customization} {run.run_id}: {shown.details.status}{state}", ""]
    for label, texts in _facts(shown):
        lines += _fact(label, list(texts))
    if run.status in UNSUCCESSFUL:
        lines += ["", *_failure(*shown.reason, run.run_id, said)]
    return [*lines, "", *_steps(shown)]


def _facts(shown: Shown) -> Iterator[tuple[str, Iterator[str]]]:
    yield "run", _run(shown)
    yield "settings", _settings(shown.details)
    yield "data", _data(shown)
    yield "check", _check(shown.details.check)
    yield "job", _job(shown)
    yield "model", _model(shown)
    yield "result", _results(shown.details)
    yield "evaluation", _evaluation(shown.evaluation)
    yield "cost", _cost(shown)


def _fact(label: str, texts: Sequence[str]) -> list[str]:
    indent = " " * LABEL
    lines = [
        line
        for text in texts
        for line in textwrap.wrap(
            text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
    ]
    return [f"{label:<{LABEL}}{lines[0].lstrip()}", *lines[1:]] if lines else []


def _run(shown: Shown) -> Iterator[str]:
    run = shown.details.run
    took = duration(run.started, run.ended)
    began = f"{time_of(run.started)} UTC, {'for' if run.ended is None else 'took'} {took}"
    if run.latest is None:
        yield f"{began}; its execution ended more than 90 days ago, which is how long Step Functions keeps it"
        return
    yield f"attempt {run.latest.number}, {began}"
    yield run.latest.arn
    if earlier := [f"{item.number} {item.status.lower()}" for item in run.attempts[:-1]]:
        yield f"earlier attempts: {', '.join(earlier)}"


def _settings(details: Details) -> Iterator[str]:
    if details.base_model or details.method:
        yield ", ".join(filter(None, (details.base_model, details.method or "unknown method")))
    if source := source_of(details):
        yield f"made from {source}"
    if details.hyperparameters:
        yield ", ".join(f"{name} {value}" for name, value in sorted(details.hyperparameters.items()))
    if alias := details.specification.get("alias"):
        yield f"for the alias {alias}, {details.specification.get('serving', '')}"


def _data(shown: Shown) -> Iterator[str]:
    details, uri = shown.details, f"s3://{shown.deployed.bucket}/"
    if key := details.input.get("key"):
        yield f"{uri}{key}"
    if validation := details.specification.get("validation_key"):
        yield f"validation: {uri}{validation}"
    counts = [counted(details.records, "record")] if details.records is not None else []
    counts += [f"about {number(details.tokens)} tokens"] if details.tokens else []
    digest = details.input.get("dataset_sha256")
    if counts or digest:
        yield ", ".join([*counts, *([f"SHA-256 {digest}"] if digest else [])])


def _check(check: Mapping[str, Any]) -> Iterator[str]:
    for name, report in (("", check), ("validation: ", check.get("validation") or {})):
        if not report:
            continue
        found, warned = report.get("finding_count", 0), report.get("warning_count", 0)
        yield f"{name}{counted(found, 'finding')}, {counted(warned, 'warning')}"
        for kind in ("findings", "warnings"):
            for item in report.get(kind, [])[:3]:
                where = f"line {item['line']}: " if item.get("line") else ""
                yield f"{where}{item.get('message', '')} ({item.get('rule', '')})"


def _job(shown: Shown) -> Iterator[str]:
    job = shown.details.run.job
    if job is None:
        return
    yield f"{job.status}, {'for' if job.ended is None else 'took'} {duration(job.created, job.ended)}"
    yield job.arn
    more = len(shown.details.run.jobs) - 1
    if more:
        yield f"and {counted(more, 'earlier job')} of this run"


def _model(shown: Shown) -> Iterator[str]:
    run = shown.details.run
    if run.model:
        yield f"{run.model.name}, {run.model.status}, {run.model_state}"
        yield run.model.arn
    elif run.model_state:
        yield run.model_state


def _results(details: Details) -> Iterator[str]:
    for item in series_in(details.metrics):
        yield _line(item)


def _line(item: Series) -> str:
    values = item.values
    return f"{item.name:<15} {values[0]:.3f} {curve(values, 40)} {values[-1]:.3f} ({len(values)} steps)"


def _evaluation(report: Mapping[str, Any]) -> Iterator[str]:
    if report:
        yield f"{report.get('decision', 'unknown')}: {report.get('reason', 'no reason given')}"


def _cost(shown: Shown) -> Iterator[str]:
    details, region = shown.details, shown.deployed.region
    if is_external(details):
        free = details.method == IMPORT
        yield "an import is free; storage and loaded copies are billed" if free else "unknown: no price of it is known"
        return
    if not details.run.jobs:
        yield "no job was made, so nothing was trained"
        return
    one, cost = training_usd(details, region), run_cost(details, region)
    if one is None:
        yield "unknown: tokens, epochs or the price are"
        return
    unfinished = "" if cost.whole else ", and an unknown part of it for each that did not finish"
    yield f"about {usd(one)} USD a job ({counted(len(details.run.jobs), 'job')}){unfinished}"


def _failure(error: str, cause: str, run: str, said: Callable[[str], str]) -> list[str]:
    failure = failure_of(error, cause, run)
    lines = _fact("why", [f"{failure.what}: {message_in(cause)}" if cause else failure.what])
    return [*lines, *_fact("what to do", [said(failure.fix)])]


def _steps(shown: Shown) -> list[str]:
    if not shown.steps:
        return []
    lines = []
    rows = [("STEP", "BEGAN (UTC)", "TOOK", "RESULT")]
    for step in shown.steps:
        rows.append((step.name, second_of(step.began), seconds(step.took), _result(step, shown.details.run.status)))
    for line in table(rows, right=("TOOK",)):
        lines.append(cut(line))
    return lines


def _result(step: Step, status: str) -> str:
    words = [f"{step.times} times" if step.times > 1 else ""]
    if step.error:
        goes_on = step.is_waiting and status == "running"
        words.append(f"{'waiting' if goes_on else step.error}: {message_in(step.cause)}")
    words.append("" if step.error or step.done else "under way")
    words.append(f"waited {counted(step.waits, 'time')}" if step.waits and not step.error else "")
    if step.failures and step.done:
        words.append(f"done after {counted(step.failures, 'failure')}")
    return ", ".join(word for word in words if word) or "done"
