"""Writes into the ledgers what a request decides; the steps after it go by that."""

from custom_resources.capacity_ledger import RELEASED, Hold
from custom_resources.lifecycle import ResourceFailedError
from provisioned_capacity.bookkeeping import Books
from provisioned_capacity.migration import begin
from provisioned_capacity.requests import BUDGET, Request
from provisioned_capacity.wanted_state import (
    active_hold,
    budget_hold,
    person_holds_bought,
    person_holds_released,
    wanted_state,
)


def apply(request: Request, books: Books) -> None:
    """Raises ResourceFailedError where a purchase is not to be had: expired, or stopped by the budget."""
    if request.action == "release":
        _release(request, books)
    elif request.action == "resume":
        books.hold(None)
    elif request.size is not None:
        begin(books, request.size)
    elif request.action == "buy":
        books.hold(_bought(request, books))


def _release(request: Request, books: Books) -> None:
    ledger, now = books.ledger(), books.clock()
    if request.reason != BUDGET:
        books.hold(person_holds_released(request.reason, request.who))
        return
    held = active_hold(ledger, now) if ledger else None
    if held and held.wanted == RELEASED and held.until is None:
        return  # what a person released does not come back with the next month
    hold = budget_hold(BUDGET, request.who, now)
    books.hold(hold)
    if held is None or held.why != BUDGET:
        text = f"The budget's hard stop released it until {hold.until}; to lift it: kit capacity resume {books.name}"
        books.notices.tell(f"{books.name}: stopped by the budget", text)


def _bought(request: Request, books: Books) -> Hold | None:
    settings, ledger, now = books.settings(), books.ledger(), books.clock()
    if settings is None or ledger is None:
        raise ResourceFailedError(f"{books.name} is not deployed in {books.deployment}; deploy it first")
    if settings.expires and now >= settings.expires:
        raise ResourceFailedError(
            f"{books.name} {wanted_state(settings, ledger, now).why}: change `expires` in deployment.toml and deploy"
        )
    held = active_hold(ledger, now)
    if held and held.why == BUDGET:
        raise ResourceFailedError(
            f"{books.name} is stopped by the budget until {held.until}; kit capacity resume {books.name} lifts that"
        )
    return person_holds_bought(settings, request.who, request.hours, now)
