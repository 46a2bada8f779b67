"""Executions that check a model before or after its promotion, and give way to another run or to a person's choice."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from customization.earlier_attempts import StartError
from customization.serving_parameter import ServingParameter
from customization.start_turn import busy
from kit_contract.canaries import CANARY_KEY, WATCH_KEY
from kit_contract.run_names import run_of
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def require_idle(
    run: Run, name: str, running: Mapping[str, str], *, ssm: "SSMClient", stop: Callable[[str, str], None]
) -> list[str]:
    """One job at a time: two would both be billed, and the older data might be promoted last. Raises StartError.

    `running`: name -> ARN of the executions of the customization. One that only checks a model, for hours maybe, is
    stopped; `name` is the execution's own. Returns the names of those that were stopped. Two that ask at one moment may
    both pass: start_turn.py decides.
    """
    others = {other: arn for other, arn in running.items() if other != name}
    if not others:
        return []
    checked_runs = _checked_runs(run, ssm)
    checking = [other for other in others if run_of(other) in checked_runs]
    for other in checking:
        stop(others[other], f"run {run.run_id} began")
    if checking:
        end_checks(run, ssm)
    if left := [other for other in others if other not in checking]:
        raise StartError(busy(run, left[0]))
    return checking


def end_checks(run: Run, ssm: "SSMClient") -> None:
    """Of whichever run: its execution was stopped, and does not end them any more."""
    ServingParameter(run, ssm).drop_entries(of_any_run=True)


def _checked_runs(run: Run, ssm: "SSMClient") -> list[str]:
    """Whose canary or watch the alias of `run` has."""
    value = ServingParameter(run, ssm).read()
    entries = [value.get(key) or {} for key in (CANARY_KEY, WATCH_KEY)]
    return [entry["run_id"] for entry in entries if "run_id" in entry]
