"""Whose a job or model is, by its name: a deployment's names begin with its own, which may begin another one's."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kit_contract import run_names

Belongs = Callable[[str], bool]  # whether the resource of this ARN has this deployment's tag
EXECUTION = re.compile(
    rf"(?P<customization>.+)-(?P<run>[0-9a-f]{{{run_names.RUN_ID_LENGTH}}})(-(?P<attempt>\d{{1,9}}))?"
)
MODEL = re.compile(rf"(?P<owner>.+)-(?P<run>[0-9a-f]{{{run_names.RUN_ID_LENGTH}}})")


class RunKey(NamedTuple):
    customization: str
    run_id: str


def execution_key(name: str) -> tuple[RunKey, int] | None:
    """The run of an execution and the number of the attempt; None for one that somebody started by hand."""
    match = EXECUTION.fullmatch(name)
    if match is None:
        return None
    return RunKey(match["customization"], match["run"]), int(match["attempt"] or 1)


def job_key(name: str, arn: str, kit_deployment: str, known: Iterable[str], belongs: Belongs) -> RunKey | None:
    """The run of a job; None if it is another deployment's. `known` are names of customizations."""
    match = run_names.JOB_NAME.fullmatch(name)
    if match is None:
        return None
    run, owner = run_names.run_of(match["rest"][:-15]), match["owner"]  # without the time
    for customization in known:
        if run_names.is_job_of(name, kit_deployment, customization):
            exact = owner == run_names.bedrock_name(kit_deployment, customization).replace("_", ".")
            return RunKey(customization, run) if exact or belongs(arn) else None
    return _removed(owner, run, arn, kit_deployment, ".", belongs)


def model_key(name: str, arn: str, kit_deployment: str, belongs: Belongs) -> RunKey | None:
    match = MODEL.fullmatch(name)
    return _removed(match["owner"], match["run"], arn, kit_deployment, "_", belongs) if match else None


def _removed(owner: str, run: str, arn: str, kit_deployment: str, joint: str, belongs: Belongs) -> RunKey | None:
    """`owner` is <deployment>-<customization>, or has the `joint` if the customization has a hyphen."""
    rest = owner.removeprefix(kit_deployment)
    if rest == owner or rest[:1] not in ("-", joint) or not rest[1:]:
        return None
    customization = rest[1:]
    certain = rest[0] == joint or "-" not in customization
    return RunKey(customization, run) if certain or belongs(arn) else None
