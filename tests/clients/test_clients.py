"""Every client against the real function, and the table of docs/clients.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.capabilities import CAPABILITIES
from tests.clients.matrix import CLIENTS, Client, run, wrong
from tests.clients.page import BEGIN, END, PAGE, name, page_with_table, reasons, row
from tests.clients.servers import Api, running_api


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with running_api() as running:
        yield running


@pytest.mark.parametrize(
    "client",
    [
        pytest.param(
            client, id=f"{client.environment}-{client.module}", marks=[] if client.quick else [pytest.mark.nightly]
        )
        for client in CLIENTS
    ],
)
def test_a_client_does_what_the_page_says(api: Api, client: Client) -> None:
    found = run(client, api)

    faults = {each.name: fault for each in CAPABILITIES if (fault := wrong(each, found[each.name]))}
    assert not faults, "\n".join(f"{title}: {fault}" for title, fault in faults.items())
    page = PAGE.read_text(encoding="utf-8").splitlines()
    advice = "run .venv/bin/python -m tests.clients.page"
    assert row(client, found) in page, advice
    for reason in reasons(client, found):
        assert reason in page, advice


def test_the_page_has_every_client_in_its_version() -> None:
    begin, end = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip().split("\n\n", 1)

    rows = [line.split(" | ")[0].removeprefix("| ") for line in begin.splitlines()[2:]]
    assert rows == [name(client) for client in CLIENTS]
    assert all(line.startswith("- ") for line in end.splitlines()[2:])


def test_the_marks_of_the_page_are_needed() -> None:
    with pytest.raises(ValueError, match=r"clients\.md must have"):
        page_with_table("", [])
