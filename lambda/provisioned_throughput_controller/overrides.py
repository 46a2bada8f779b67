"""Writes into the ledgers what a request decides; the steps after it go by that."""

from custom_resources.framework.lifecycle import ResourceFailedError
from custom_resources.provisioned_throughput.ledger import RELEASED, Override
from provisioned_throughput_controller.context import Context
from provisioned_throughput_controller.migration import begin
from provisioned_throughput_controller.requests import BUDGET, Request
from provisioned_throughput_controller.wanted_state import (
    active_override,
    budget_override,
    person_overrides_bought,
    person_overrides_released,
    wanted_state,
)


def apply(request: Request, context: Context) -> None:
    """Raises ResourceFailedError where a purchase is not to be had: expired, or stopped by the budget."""
    if request.action == "release":
        _release(request, context)
    elif request.action == "resume":
        context.override(None)
    elif request.size is not None:
        begin(context, request.size)
    elif request.action == "buy":
        context.override(_bought(request, context))


def _release(request: Request, context: Context) -> None:
    ledger, now = context.ledger(), context.clock()
    if request.reason != BUDGET:
        context.override(person_overrides_released(request.reason, request.who))
        return
    before = active_override(ledger, now) if ledger else None
    if before and before.wanted == RELEASED and before.until is None:
        return  # what a person released does not come back with the next month
    override = budget_override(BUDGET, request.who, now)
    context.override(override)
    if before is None or before.why != BUDGET:
        text = (
            f"The budget's hard stop released it until {override.until}; to lift it: kit capacity resume {context.name}"
        )
        context.notices.tell(f"{context.name}: stopped by the budget", text)


def _bought(request: Request, context: Context) -> Override | None:
    settings, ledger, now = context.settings(), context.ledger(), context.clock()
    if settings is None or ledger is None:
        raise ResourceFailedError(f"{context.name} is not deployed in {context.deployment}; deploy it first")
    if settings.expires and now >= settings.expires:
        raise ResourceFailedError(
            f"{context.name} {wanted_state(settings, ledger, now).why}: change `expires` in deployment.toml and deploy"
        )
    override = active_override(ledger, now)
    if override and override.why == BUDGET:
        raise ResourceFailedError(
            f"{context.name} is stopped by the budget until {override.until}; "
            f"kit capacity resume {context.name} lifts that"
        )
    return person_overrides_bought(settings, request.who, request.hours, now)
