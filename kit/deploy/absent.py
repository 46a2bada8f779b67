"""Stacks that were deployed and are no longer in deployment.toml: found, shown with their price, removed or kept.

`cdk deploy --all` deploys the stacks of the app and leaves every other one running and billed.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from billed_resources.kit_stacks import KitStack, kit_stacks, removal_order
from billed_resources.listing import Clients
from billed_resources.stack_cost import StackCost, cost_of_stacks, total_usd_per_hour
from billed_resources.stack_removal import Removal, Waiting, remove_stack
from kit.deploy.assembly import StackName
from kit.deploy.history import History, Place
from kit_contract.counted import counted

FAILED, UNDECIDED_OR_LEFT = 1, 3
KEPT = "kept; each deploy shows them again. Remove them: kit deploy --remove-absent"
LOST = "Deployed from this file {}; kept, and billed until you delete these stacks in CloudFormation:"
UNDECIDED = (
    "nothing was removed: there is no terminal to ask on; add --remove-absent to remove these stacks, or --keep-absent "
    "to keep them"
)


class Decision(Enum):
    ASK = "ask"
    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True)
class Absent:
    """`clients`: region -> clients of the account. `waiting.say` gets lines for people."""

    clients: Callable[[str], Clients]
    history: History
    here: Place
    waiting: Waiting

    def find(self, present: Iterable[StackName]) -> list[StackCost]:
        """Stacks of this deployment, and of what the file deployed earlier in this account, in order of removal."""
        wanted = set(present)
        earlier = [place for place in self.history.earlier(self.here) if place.account == self.here.account]
        return [
            cost for place in (*earlier, self.here) for cost in self._costs(place.region, self._stacks(place, wanted))
        ]

    def others(self) -> list[StackCost]:
        """Stacks of other deployments in this account and region: for information, whoever they belong to."""
        region = self.here.region
        found = kit_stacks(self.clients(region).cloudformation)
        return self._costs(region, removal_order(stack for stack in found if stack.deployment != self.here.deployment))

    def without_environment(self) -> list[tuple[str, list[StackCost]]]:
        """By the name of each environment that the file had: its stacks in this account."""
        found = ((name, place) for name, place in self.history.without_environment() if place != self.here)
        here = ((name, place) for name, place in found if place.account == self.here.account)
        return [(name, self._costs(place.region, self._stacks(place, set()))) for name, place in here]

    def remove(self, costs: Sequence[StackCost]) -> list[Removal]:
        """One after the other; a failure does not stop the others, which may be billed too."""
        removals = []
        for cost in costs:
            cloudformation = self.clients(cost.stack.region).cloudformation
            removals.append(remove_stack(cost, cloudformation, self.waiting))
            for line in _about(removals[-1]):
                self.waiting.say(line)
        return removals

    def forget_empty(self, left: Iterable[KitStack]) -> None:
        """Drop the earlier places of this account that have no stack left."""
        occupied = {(stack.region, stack.deployment) for stack in left}
        for place in self.history.earlier(self.here):
            if place.account == self.here.account and (place.region, place.deployment) not in occupied:
                self.history.drop(place)

    def _stacks(self, place: Place, present: set[StackName]) -> list[KitStack]:
        found = kit_stacks(self.clients(place.region).cloudformation)
        mine = [stack for stack in found if stack.deployment == place.deployment]
        return removal_order(stack for stack in mine if StackName(stack.region, stack.name) not in present)

    def _costs(self, region: str, stacks: Sequence[KitStack]) -> list[StackCost]:
        return cost_of_stacks(stacks, self.clients(region), region, datetime.now(UTC)) if stacks else []


def settle(absent: Absent, present: Iterable[StackName], decision: Decision, *, was_known: bool) -> int:
    """Show what is absent, decide, remove. `was_known`: the file was deployed from this folder before. Exit code."""
    say = absent.waiting.say
    costs = absent.find(present)
    if not was_known:
        _show(
            absent.others(), "Other deployments of this kit here, in case this one was renamed (for information):", say
        )
    _show_elsewhere(absent)
    if not costs:
        absent.forget_empty([])
        return 0
    _show(costs, "Deployed, but no longer in the file:", say)
    if decision is Decision.ASK:
        if not sys.stdin.isatty():
            print(UNDECIDED, file=sys.stderr)
            return UNDECIDED_OR_LEFT
        decision = _asked(absent.here.account, len(costs))
    if decision is Decision.KEEP:
        say(KEPT)
        return 0
    removals = absent.remove(costs)
    absent.forget_empty(item.stack for item in removals if not item.removed)
    return _exit_code(costs, removals)


def _show_elsewhere(absent: Absent) -> None:
    """What is not removed here: of another account, and of environments that the file had."""
    say = absent.waiting.say
    for place in absent.history.earlier(absent.here):
        if place.account != absent.here.account:
            say(
                f"not looked at: {place.deployment} in account {place.account}, {place.region}, deployed from this file"
            )
    for name, costs in absent.without_environment():
        when = f"as environment {name}, which it has no more" if name else "before it had environments"
        _show(costs, LOST.format(when), say)


def _show(costs: Sequence[StackCost], title: str, say: Callable[[str], None]) -> None:
    if costs:
        say(title)
        for cost in costs:
            say(f"  {cost.stack.name} ({cost.stack.region}, {cost.stack.status}): {cost.in_words()}")
        say(f"  in total {total_usd_per_hour(costs)}")


def _asked(account: str, number: int) -> Decision:
    question = (
        f"Delete {counted(number, 'stack')} in account {account}? Data is kept as its removal policy says. Type yes: "
    )
    try:
        return Decision.REMOVE if input(question).strip() == "yes" else Decision.KEEP
    except EOFError:
        print()
        return Decision.KEEP


def _about(removal: Removal) -> list[str]:
    name = removal.stack.name
    first = f"deleted {name}" if removal.removed else f"not deleted: {name}: {removal.reason}"
    return [first, *(f"  kept by its removal policy: {item}" for item in removal.kept)]


def _exit_code(costs: Sequence[StackCost], removals: Sequence[Removal]) -> int:
    if all(item.removed for item in removals):
        return 0
    committed = {cost.stack for cost in costs if cost.commitments}
    return UNDECIDED_OR_LEFT if {item.stack for item in removals if not item.removed} <= committed else FAILED
