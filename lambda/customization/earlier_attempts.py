"""The executions of a run that came before: whether another one may follow."""

from collections.abc import Sequence

from kit_contract.errors import InputError
from kit_contract.runs import Run

MAX_FAILURES = 20  # in a row
RUNNING = {"RUNNING", "PENDING_REDRIVE"}
FAILED = {"FAILED", "TIMED_OUT", "ABORTED"}


class StartError(InputError):
    """When a run cannot be started."""


def require_hope(run: Run, attempts: Sequence[str]) -> None:
    """Raise StartError for a status that is unknown, and for a run that only ever fails."""
    if attempts and attempts[-1] not in {*FAILED, "SUCCEEDED"}:
        raise StartError(
            f"attempt {len(attempts)} of run {run.run_id} has the unknown status {attempts[-1]}; update the kit"
        )
    if len(attempts) >= MAX_FAILURES and FAILED.issuperset(attempts[-MAX_FAILURES:]):
        raise StartError(
            f"run {run.run_id} failed {MAX_FAILURES} times; read the errors of its executions, then change the data or "
            "the settings"
        )
