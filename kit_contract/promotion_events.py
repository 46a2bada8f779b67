"""Events and answers of the function that checks a model before and after promotion. States depend on their keys."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

Action = Literal[
    "begin",
    "candidate_status",
    "smoke",
    "open_canary",
    "compare",
    "finish",
    "delete_candidate",
    "watch",
    "return_to_base",
    "end",
    "abandon",
]
Decision = Literal["WAIT", "PASSED", "RETURN"]


class CheckRequest(TypedDict):
    """`run` is the state of the execution, with the answers to earlier actions in it."""

    action: Action
    run: Mapping[str, Any]
    custom_model_arn: str
    failure: NotRequired[Mapping[str, str]]  # "Error" and "Cause" of what `abandon` follows
    why: NotRequired[str]


class LastGood(TypedDict):
    """What served before; both are empty if it was the alias's base model."""

    custom_model_arn: str
    run_id: str


class Begun(TypedDict):
    """`checked`: false if the alias is served by this model already, or the settings ask for no check.

    `candidate`: whether a check needs one.
    """

    checked: bool
    candidate: bool
    last_good: LastGood


class CanaryOpened(TypedDict):
    """`since`: seconds since 1970. `wait_seconds`: between two looks."""

    open: bool
    since: int
    wait_seconds: int


class Measured(TypedDict):
    """One variant's requests, their errors and refusals, and the mean latency of its answers."""

    requests: int
    errors: int
    refusals: int
    milliseconds: float | None


class Compared(TypedDict):
    decision: Decision
    reason: str
    tried: Measured
    serving: Measured


class Finished(TypedDict):
    """`drain_seconds`: until no request uses the candidate any more. The rest is of the watch."""

    drain_seconds: int
    watch: bool
    since: int
    wait_seconds: int


class Ended(TypedDict):
    deleted_models: list[str]


class Swept(TypedDict):
    """`deleted`: whether a candidate was left, and nobody else has taken it over."""

    deleted: bool


class Abandoned(TypedDict):
    drain_seconds: int
    held_back: bool
