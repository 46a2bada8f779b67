"""Runs whose models are not promoted, because a check or a person decided so: one parameter each, with the reason.

A deploy asks before it promotes: deployment.toml may still describe such a run. `kit runs promote` takes the hold away.
A hold is one customization's, and goes with it to a new name or a new alias; a copy with neither is not held back.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kit_contract.parameters import held_back, held_back_for
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


MAX_REASON = 1000  # characters: a parameter holds 4 KB


def hold_back(ssm: "SSMClient", run: Run, runs: Sequence[str], *, reason: str, now: str) -> None:
    """Hold back `runs`, which are of the customization of `run`."""
    of = {"customization": run.specification.customization, "alias": run.specification.alias}
    for one in runs:
        value = {**of, "reason": reason[:MAX_REASON], "held_back_at": now}
        name = held_back_for(run.kit_deployment, one, run.specification.customization)
        ssm.put_parameter(Name=name, Value=json.dumps(value), Type="String", Overwrite=True)


def release(ssm: "SSMClient", run: Run) -> None:
    """For its customization and its alias. A copy that has another alias stays as it is."""
    for name in {held_back(run.kit_deployment, run.run_id), *_holds(ssm, run)}:
        # DeleteParameters, unlike DeleteParameter, accepts a name that does not exist.
        ssm.delete_parameters(Names=[name])


def why_held_back(ssm: "SSMClient", run: Run) -> str:
    """The reason, or an empty text for a run that may be promoted."""
    return next((str(value.get("reason") or "no reason given") for value in _holds(ssm, run).values()), "")


def _holds(ssm: "SSMClient", run: Run) -> dict[str, Mapping[str, Any]]:
    """Name -> value of the parameters for the run's customization, also under its former name, or alias."""
    everyone = held_back(run.kit_deployment, run.run_id)
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=everyone)
    found = {item["Name"]: json.loads(item["Value"]) for page in pages for item in page["Parameters"]}
    own = {"customization": run.specification.customization, "alias": run.specification.alias}
    holds = {name: value for name, value in found.items() if any(value.get(key) == own[key] for key in own)}
    with suppress(ssm.exceptions.ParameterNotFound):
        holds[everyone] = json.loads(ssm.get_parameter(Name=everyone)["Parameter"]["Value"])
    return holds
