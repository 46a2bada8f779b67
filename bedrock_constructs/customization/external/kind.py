"""What is particular to one kind of external model: the calls that make it, their members and statuses, its rights.

The states are the same for all kinds (external_states.py); the kinds are in kinds.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from kit_contract.runs import RunSpecification

Grant = Callable[[Construct, sfn.StateMachine, str, Sequence[RunSpecification]], None]


@dataclass(frozen=True)
class ExternalKind:
    """`verb` begins the names of the states. Operations, members and statuses are Bedrock's, in the case of Step
    Functions: `create` gives the ARN `created`, which `get` takes as `identifier`.

    `source` (member -> what the state's name says of it) and `key` are the members of the create request that only
    some runs have; the specification's `job_members` hold them. `names` are JSONPaths of the members that every run
    has. `model` is the member of the get's answer that is the model's ARN.

    `grant` gives the state machine its rights: scope, machine, deployment, the kind's runs. `find` are actions without
    a resource, `clean` those on this deployment's models, of the check before, and `owned` the resource types whose
    tags it reads to know this deployment's, beside custom models and customization jobs.
    """

    method: str
    verb: str
    create: str
    names: Mapping[str, str]
    source: Mapping[str, str]
    key: str
    tags: tuple[str, ...]
    created: str
    get: str
    identifier: str
    model: str
    status: str
    busy: str
    done: str
    failed: str
    grant: Grant
    find: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()

    def members(self, item: RunSpecification) -> tuple[str, ...]:
        """Raises ValueError for a member that the kind does not have."""
        allowed = (*self.source, self.key)
        if unknown := set(item.job_members) - set(allowed):
            raise ValueError(f"job_members must be of {', '.join(allowed)}, got {', '.join(sorted(unknown))}")
        return tuple(name for name in allowed if name in item.job_members)

    def state_name(self, members: Sequence[str]) -> str:
        labels = [label for name, label in self.source.items() if name in members]
        return "".join([self.verb, *labels, "WithKey" if self.key in members else ""])

    def request(self, members: Sequence[str], tags: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            **{f"{name}.$": path for name, path in self.names.items()},
            **{f"{name}.$": f"$.specification.job_members.{name}" for name in members},
            **dict.fromkeys(self.tags, tags),
            "ClientRequestToken.$": "$.check.client_request_token",
        }
