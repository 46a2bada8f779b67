"""Which request is the newest, who may work on it, and what the next invocation finds."""

import pytest

from custom_resources.framework.errors import SupersededError
from custom_resources.framework.request import Request
from tests.custom_resources.framework.leases_table import SENT, LeasesTable, request

NOW = float(SENT)


@pytest.fixture
def table() -> LeasesTable:
    return LeasesTable()


def arrive(table: LeasesTable, *requests: Request) -> None:
    for one in requests:
        table.lease(one).register(NOW)


def is_newest(table: LeasesTable, one: Request) -> bool:
    try:
        table.lease(one).require_newest()
    except SupersededError:
        return False
    return True


def test_a_request_that_arrives_late_does_not_become_the_newest(table: LeasesTable) -> None:
    create, delete = request("Create", 1), request("Delete", 2, sent=SENT + 5)

    arrive(table, delete, create)

    assert (is_newest(table, delete), is_newest(table, create)) == (True, False)


@pytest.mark.parametrize(("first", "second"), [("Create", "Update"), ("Create", "Delete"), ("Update", "Delete")])
def test_within_a_second_the_kind_of_request_decides(table: LeasesTable, first: str, second: str) -> None:
    earlier, later = request(first, 1), request(second, 2)

    arrive(table, earlier, later, earlier)
    assert is_newest(table, later)

    arrive(other := LeasesTable(), later, earlier)
    assert is_newest(other, later)


def test_a_rollback_in_the_second_of_its_update_is_the_newest_and_stays_it(table: LeasesTable) -> None:
    update, rollback = request("Update", 1), request("Update", 2)

    arrive(table, update, rollback)
    assert is_newest(table, rollback)

    arrive(table, update)  # Lambda repeats the event
    assert is_newest(table, rollback)


def test_a_request_in_a_later_second_may_be_the_one_before_the_last(table: LeasesTable) -> None:
    """Only the token tells requests apart: an Update a second later has a token of its own."""
    first, second = request("Update", 1), request("Update", 2, sent=SENT + 1)

    arrive(table, first, second, request("Update", 3, sent=SENT + 2))

    assert not is_newest(table, second)


def test_a_repeated_event_finds_what_the_first_delivery_recorded(table: LeasesTable) -> None:
    create = request("Create", 1)
    arrive(table, create)
    lease = table.lease(create)
    lease.acquire(NOW, NOW + 900)
    lease.record_start({"Arn": "a"})
    lease.record_answer(b"answer")
    lease.release()

    repeated = table.lease(create, "invocation-2")
    repeated.register(NOW + 60)
    progress = repeated.acquire(NOW + 60, NOW + 960)

    assert progress
    assert (progress.first_seen, progress.started, progress.data) == (NOW, True, {"Arn": "a"})
    assert (progress.answer, progress.delivered) == (b"answer", False)


def test_the_next_request_starts_without_what_the_last_one_recorded(table: LeasesTable) -> None:
    create, delete = request("Create", 1), request("Delete", 2)
    arrive(table, create)
    lease = table.lease(create)
    lease.acquire(NOW, NOW + 900)
    lease.record_start({"Arn": "a"})
    lease.record_answer(b"answer")
    lease.record_delivery("SUCCESS")

    arrive(table, delete)
    progress = table.lease(delete).acquire(NOW, NOW + 900)

    assert progress
    assert (progress.started, progress.data, progress.answer, progress.delivered) == (False, {}, None, False)
    assert progress.after_success


@pytest.mark.parametrize("outcome", ["FAILED", None])
def test_only_a_success_is_after_success(table: LeasesTable, outcome: str | None) -> None:
    create, delete = request("Create", 1), request("Delete", 2)
    arrive(table, create)
    if outcome:
        table.lease(create).record_delivery(outcome)
    arrive(table, delete)

    progress = table.lease(delete).acquire(NOW, NOW + 900)

    assert progress
    assert not progress.after_success


def test_one_invocation_at_a_time_holds_the_lease(table: LeasesTable) -> None:
    create = request("Create", 1)
    arrive(table, create)
    first, second = table.lease(create, "invocation-1"), table.lease(create, "invocation-2")

    assert first.acquire(NOW, NOW + 900)
    assert second.acquire(NOW, NOW + 900) is None
    second.release()  # not its own
    assert second.acquire(NOW, NOW + 900) is None
    first.release()
    assert second.acquire(NOW, NOW + 900)


def test_a_lease_is_renewed_by_its_holder_and_expires_for_others(table: LeasesTable) -> None:
    create = request("Create", 1)
    arrive(table, create)
    first, second = table.lease(create, "invocation-1"), table.lease(create, "invocation-2")
    first.acquire(NOW, NOW + 900)
    first.acquire(NOW + 800, NOW + 1700)

    assert second.acquire(NOW + 1700, NOW + 2600) is None
    assert second.acquire(NOW + 1701, NOW + 2600)


def test_a_newer_request_waits_for_the_lease_of_the_older_one(table: LeasesTable) -> None:
    create, delete = request("Create", 1), request("Delete", 2)
    arrive(table, create)
    working, waiting = table.lease(create, "invocation-1"), table.lease(delete, "invocation-2")
    working.acquire(NOW, NOW + 900)
    arrive(table, delete)

    assert waiting.acquire(NOW, NOW + 900) is None
    with pytest.raises(SupersededError):
        working.require_newest()
    working.release()
    assert waiting.acquire(NOW, NOW + 900)


def test_a_superseded_request_can_neither_acquire_nor_answer_nor_end(table: LeasesTable) -> None:
    create, delete = request("Create", 1), request("Delete", 2)
    arrive(table, create, delete)
    lease = table.lease(create)

    with pytest.raises(SupersededError):
        lease.acquire(NOW, NOW + 900)
    with pytest.raises(SupersededError):
        lease.record_answer(b"answer")
    lease.record_start({"Arn": "a"})
    lease.record_delivery("SUCCESS")

    progress = table.lease(delete).acquire(NOW, NOW + 900)
    assert progress
    assert (progress.started, progress.delivered) == (False, False)
