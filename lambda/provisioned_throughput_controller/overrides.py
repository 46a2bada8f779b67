"""Writes the decision of a request into the ledger: the steps that follow act on it."""

from custom_resources.provisioned_throughput.ledger import RELEASED, Override
from kit_contract.errors import ResourceFailedError
from provisioned_throughput_controller import migration
from provisioned_throughput_controller.context import Context
from provisioned_throughput_controller.requests import BUDGET, Request
from provisioned_throughput_controller.wanted_state import (
    active_override,
    budget_override,
    purchase_override,
    release_override,
    wanted_state,
)


def apply(request: Request, context: Context) -> None:
    """Raises ResourceFailedError for a purchase that is not possible: expired, or stopped by the budget."""
    if request.action == "release" and request.reason == BUDGET:
        _stop_for_budget(request, context)
    elif request.action == "release":
        context.override(release_override(request.reason, request.who))
    elif request.action == "resume":
        context.override(None)
    elif request.size is not None:
        migration.begin(context, request.size)
    elif request.action == "buy":
        context.override(_purchase_override(request, context))


def _stop_for_budget(request: Request, context: Context) -> None:
    ledger, now = context.ledger(), context.clock()
    before = active_override(ledger, now) if ledger else None
    if before and before.wanted == RELEASED and before.until is None:
        return  # released by a person: it must not come back with the next month
    override = budget_override(BUDGET, request.who, now)
    context.override(override)
    if before is None or before.why != BUDGET:
        text = (
            f"The budget's hard stop released it until {override.until}. To lift the stop: "
            f"kit capacity resume {context.name}"
        )
        context.notices.send(f"{context.name}: stopped by the budget", text)


def _purchase_override(request: Request, context: Context) -> Override | None:
    settings, ledger, now = context.settings(), context.ledger(), context.clock()
    if settings is None or ledger is None:
        raise ResourceFailedError(f"{context.name} is not deployed in {context.kit_deployment}; deploy it first")
    if settings.expires and now >= settings.expires:
        raise ResourceFailedError(
            f"{context.name} {wanted_state(settings, ledger, now).why}: change `expires` in deployment.toml and deploy"
        )
    override = active_override(ledger, now)
    if override and override.why == BUDGET:
        raise ResourceFailedError(
            f"{context.name} is stopped by the budget until {override.until}; "
            f"kit capacity resume {context.name} lifts the stop"
        )
    return purchase_override(settings, request.who, request.hours, now)
