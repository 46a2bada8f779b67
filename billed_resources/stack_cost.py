"""What each stack of the kit is billed for, from the tags of what is listed in its account and region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from billed_resources.cost import HOURS_PER_DAY
from billed_resources.deletion import committed
from billed_resources.kit_stacks import KitStack
from billed_resources.listing import Clients, list_billed
from billed_resources.owner import MADE_BY_TRAINING
from billed_resources.resource import BilledResource, Commitment, Kind
from kit_contract.counted import counted
from kit_contract.stacks import provisioned_throughput_stack, training_stack
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG

STACK_TAG = "aws:cloudformation:stack-name"


@dataclass(frozen=True)
class StackCost:
    """`unread`: what could not be listed, and why; its price is then unknown."""

    stack: KitStack
    resources: Sequence[BilledResource] = ()
    unread: Sequence[str] = ()

    @property
    def hourly(self) -> list[BilledResource]:
        return [resource for resource in self.resources if resource.hourly]

    @property
    def usd_per_hour(self) -> float | None:
        """None if a price is unknown or something could not be listed."""
        days = [resource.usd_per_day for resource in self.hourly]
        known = [day for day in days if day is not None]
        return None if self.unread or len(known) < len(days) else sum(known) / HOURS_PER_DAY

    @property
    def commitments(self) -> list[Commitment]:
        return [resource.commitment for resource in self.resources if resource.commitment]

    def in_words(self) -> str:
        return "; ".join([_price(self.usd_per_hour), *self._details()])

    def _details(self) -> list[str]:
        details = [f"{resource.name}, {resource.what}, {resource.status}" for resource in self.hourly]
        details += [committed(commitment) for commitment in self.commitments]
        if not self.hourly and self.stack.name == provisioned_throughput_stack(self.stack.deployment):
            details.append("its controller buys by its schedule")
        models = sum(resource.kind is Kind.CUSTOM_MODEL for resource in self.resources)
        if models:
            stay = "stays" if models == 1 else "stay"
            details.append(
                f"{counted(models, 'custom model')} {stay}, billed by the month; kit reap shows what is left"
            )
        return [*details, *self.unread]


def cost_of_stacks(stacks: Iterable[KitStack], clients: Clients, region: str, now: datetime) -> list[StackCost]:
    """`stacks` are in `region`. One listing for all of them."""
    wanted = list(stacks)
    if not wanted:
        return []
    listing = list_billed(clients, region, now)
    unread = [f"{kind.value}: not listed: {reason}" for kind, reason in listing.failures.items()]
    hidden = [resource.name for resource in listing.resources if resource.tags is None and resource.hourly]
    if hidden:
        unread.append(f"the tags of {', '.join(hidden)} cannot be read")
    return [StackCost(stack, [item for item in listing.resources if _has(stack, item)], unread) for stack in wanted]


def total_usd_per_hour(costs: Iterable[StackCost]) -> str:
    hourly = [cost.usd_per_hour for cost in costs]
    known = [usd for usd in hourly if usd is not None]
    if not known:
        return _price(None)
    return f"{'at least ' if len(known) < len(hourly) else ''}{_price(sum(known))}"


def _has(stack: KitStack, resource: BilledResource) -> bool:
    tags = resource.tags or {}
    if resource.kind in MADE_BY_TRAINING:
        return tags.get(DEPLOYMENT_TAG) == stack.deployment and stack.name == training_stack(stack.deployment)
    return tags.get(STACK_TAG) == stack.name or tags.get(RESOURCE_TAG, "").startswith(f"{stack.name}/")


def _price(usd: float | None) -> str:
    return "an unknown price an hour" if usd is None else f"{usd:,.2f} USD an hour"
