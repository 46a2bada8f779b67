"""Runs whose models are not promoted, because a check or a person decided so: one parameter each, with the reason.

A deploy asks before it promotes: deployment.toml may still describe such a run. `kit runs promote` takes the hold away.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kit_contract.parameters import held_back
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


MAX_REASON = 1000  # characters: a parameter holds 4 KB


def hold_back(ssm: "SSMClient", run: Run, runs: Sequence[str], *, reason: str, now: str) -> None:
    """Hold back `runs`, which are of the customization of `run`."""
    for one in runs:
        value = {"customization": run.specification.customization, "reason": reason[:MAX_REASON], "held_back_at": now}
        name = held_back(run.kit_deployment, one)
        ssm.put_parameter(Name=name, Value=json.dumps(value), Type="String", Overwrite=True)


def release(ssm: "SSMClient", run: Run) -> None:
    # DeleteParameters, unlike DeleteParameter, accepts a name that does not exist.
    ssm.delete_parameters(Names=[held_back(run.kit_deployment, run.run_id)])


def why_held_back(ssm: "SSMClient", run: Run) -> str:
    """The reason, or an empty text for a run that may be promoted."""
    try:
        value = json.loads(ssm.get_parameter(Name=held_back(run.kit_deployment, run.run_id))["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return ""
    return str(value.get("reason") or "no reason given")
