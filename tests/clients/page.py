"""The table of docs/clients.md, from a run of every client.

.venv/bin/python -m tests.clients.page

writes it into the page; test_clients.py fails while a client that it has run differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.clients.capabilities import CAPABILITIES
from tests.clients.matrix import CLIENTS, NPM, PROJECT, Client, run, wrong
from tests.clients.servers import running_api

PAGE = PROJECT / "docs" / "clients.md"
BEGIN, END = "<!-- tests/clients/page.py writes this -->", "<!-- end -->"
Outcomes = Mapping[str, Mapping[str, Any]]


def row(client: Client, outcomes: Outcomes) -> str:
    cells = ["n/a" if "n/a" in outcomes[each.name] else "yes" for each in CAPABILITIES]
    return f"| {name(client)} | {' | '.join(cells)} |"


def reasons(client: Client, outcomes: Outcomes) -> list[str]:
    """Why a client lacks what it lacks."""
    return [
        f"- {name(client)}, {each.title}: {outcomes[each.name]['n/a']}"
        for each in CAPABILITIES
        if "n/a" in outcomes[each.name]
    ]


def name(client: Client) -> str:
    return f"`{client.package}` {client.version}{' (npm)' if client.environment == NPM else ''}, {client.dialect}"


def table(found: Sequence[tuple[Client, Outcomes]]) -> str:
    titles = " | ".join(each.title for each in CAPABILITIES)
    head = [f"| | {titles} |", f"|{' --- |' * (len(CAPABILITIES) + 1)}"]
    rows = [row(client, outcomes) for client, outcomes in found]
    notes = [reason for client, outcomes in found for reason in reasons(client, outcomes)]
    return "\n".join([*head, *rows, "", "Not available (n/a) in the client itself:", "", *notes])


def page_with_table(page: str, found: Sequence[tuple[Client, Outcomes]]) -> str:
    """Raises ValueError if `page` does not have both marks once."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"{PAGE.name} must have {BEGIN} and {END} once each; restore them")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{table(found)}\n{END}{rest.split(END)[1]}"


def main() -> None:
    found, faults = [], []
    with running_api() as api:
        for client in CLIENTS:
            print(name(client), flush=True)
            outcomes = run(client, api)
            found.append((client, outcomes))
            faults += [
                f"{name(client)}, {each.name}: {wrong(each, outcomes[each.name])}"
                for each in CAPABILITIES
                if wrong(each, outcomes[each.name])
            ]
    if faults:
        raise SystemExit("\n".join(faults))
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
