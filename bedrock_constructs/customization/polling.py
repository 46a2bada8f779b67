"""A loop of states: look, and look again after a while until a condition holds. The looks are counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


@dataclass(frozen=True)
class Names:
    """Of the states of one loop, and the path of its count."""

    first: str
    wait: str
    count: str
    choice: str
    path: str

    def prefixed(self, prefix: str) -> "Names":
        states = {name: f"{prefix}{getattr(self, name)}" for name in ("first", "wait", "count", "choice")}
        return replace(self, **states)

    def more_than(self, looks: int) -> sfn.Condition:
        return sfn.Condition.number_greater_than(f"{self.path}.count", looks)


def poll(
    scope: Construct,
    names: Names,
    look: sfn.CustomState,
    pause: sfn.WaitTime,
    ends: Sequence[tuple[sfn.Condition, sfn.IChainable]],
) -> sfn.Pass:
    """The first state: it looks at once. The first of `ends` that holds leaves the loop."""
    begin = sfn.Pass(scope, names.first, parameters={"count": 0}, result_path=names.path)
    wait = sfn.Wait(scope, names.wait, time=pause)
    more = sfn.JsonPath.math_add(sfn.JsonPath.number_at(f"{names.path}.count"), 1)
    count = sfn.Pass(scope, names.count, parameters={"count": more}, result_path=names.path)
    choice = sfn.Choice(scope, names.choice)
    for condition, following in ends:
        choice.when(condition, following)
    choice.otherwise(wait)
    begin.next(look).next(choice)
    wait.next(count).next(look)
    return begin
