"""Prints the capacity function's reports: a table of all, or one sentence for a step."""

from collections.abc import Sequence
from typing import Any

from kit.table import table as aligned

HEADS = ("name", "status", "since", "why", "next change", "at most a day")


def table(reports: Sequence[dict[str, Any]]) -> str:
    return (
        "\n".join(aligned([HEADS, *map(_row, reports)])) if reports else "this deployment has no provisioned throughput"
    )


def sentence(step: dict[str, Any]) -> str:
    until = f" until {step['until']}" if step.get("until") else ""
    state = f"{step['name']}: {step['status']}, wanted {step['wanted']} ({step['why']}){until}"
    return state if step["settled"] else f"{state}; this takes some minutes; kit capacity shows the progress"


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    if "state" not in item:
        return (item["name"], item["status"], "", "", "", "")
    committed = f", committed until {item['committed_until']}" if item["committed_until"] else ""
    change = f"{item['next_change']} ({item['next_state']})" if item["next_change"] else "none"
    per_day = item["accepted_usd_per_day"]
    price = "unknown" if per_day is None else f"{per_day:,.2f} USD"
    return (item["name"], f"{item['status']}{committed}", item["since"], _short(item["wanted_why"]), change, price)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
