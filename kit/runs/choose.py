"""Which run you mean: the beginning of its id, its execution's name or ARN, or a customization for its newest run."""

from collections.abc import Sequence

from kit.runs.owned_names import execution_key
from kit.runs.recorded_run import RecordedRun
from kit.runs.words import time_of
from kit_contract.errors import InputError

SHOWN = 10


def choose(runs: Sequence[RecordedRun], wanted: str, customization: str | None) -> RecordedRun:
    """`runs` has the newest first. Raises InputError with the runs that it could be."""
    allowed = [run for run in runs if customization in (None, run.customization)]
    named = [run for run in allowed if run.customization == wanted]
    if named:
        return named[0]
    if key := execution_key(wanted.rpartition(":")[2]):
        found = [run for run in allowed if (run.customization, run.run_id) == key[0]]
    else:
        found = [run for run in allowed if wanted and run.run_id.startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(_unknown(allowed, wanted, customization))
    same = len({run.run_id for run in found}) == 1
    fix = "add --customization" if same else "give more of its id"
    raise InputError(f"RUN must name one run, got {wanted!r}, which {len(found)} have; {fix}:\n{_listed(found)}")


def _unknown(allowed: Sequence[RecordedRun], wanted: str, customization: str | None) -> str:
    of_one = f" of {customization}" if customization else ""
    if not allowed:
        return f"RUN must be a run{of_one}, got {wanted!r}; there are none yet: kit deploy starts them"
    return (
        f"RUN must be a customization or the beginning of a run's id, got {wanted!r}; the newest runs{of_one} are:\n"
        f"{_listed(allowed)}"
    )


def _listed(runs: Sequence[RecordedRun]) -> str:
    lines = [f"  {run.run_id}  {run.customization}, {run.status}, {time_of(run.started)} UTC" for run in runs[:SHOWN]]
    return "\n".join([*lines, *(["  ... (kit runs list shows all)"] if len(runs) > SHOWN else [])])
