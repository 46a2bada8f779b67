"""Prints a difference as a table, as JSON, and as Markdown for a comment on a pull request."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from deployment.costs.lines import amount
from kit.deploy.difference import Difference
from kit.deploy.effects.effect import Effect, digest_of, kinds_of
from kit.deploy.effects.prices import Price, in_words
from kit.table import table

HEAD = ("KIND", "WHAT", "USD ONCE", "WHY")
NOTHING = "Nothing is replaced, deleted, bought, trained or ingested again."


def as_table(found: Difference, *, accept: bool = True) -> str:
    """`accept`: with the words that accept it."""
    rows = [HEAD, *(_row(item) for item in found.effects)]
    effects = table(rows) if found.effects else [NOTHING]
    return "\n".join(
        [
            *effects,
            "",
            *_stacks(found),
            f"price: {in_words(found.before, found.after)}",
            *(_accept(found) if accept else ()),
        ]
    )


def as_json(found: Difference, place: dict[str, Any]) -> str:
    before, after = found.before, found.after
    answer = {
        **place,
        "effects": [_as_record(item) for item in found.effects],
        "needs_consent": [kind.value for kind in kinds_of(found.effects)],
        "digest": digest_of(found.effects),
        "stacks": {stack: {action.value: n for action, n in item.items()} for stack, item in found.counts.items()},
        "usd": {
            "before": _price(before),
            "after": _price(after),
            "difference_per_hour": None if before is None else after.hour - before.hour,
            "difference_per_month": None if before is None else after.month - before.month,
        },
    }
    return json.dumps(answer, indent=1)


def as_markdown(found: Difference, place: dict[str, Any], *, accept: bool = True) -> str:
    """The first line is a comment that tells which comment to write again."""
    name, where = place["deployment"], f"account {place['account']}, {place['region']}"
    lines = [
        f"<!-- kit diff {name} -->",
        f"### `{name}` ({where})",
        "",
        f"**Price**: {in_words(found.before, found.after)}",
    ]
    lines += [""]
    if found.effects:
        lines += ["| kind | what | USD once | why |", "| --- | --- | ---: | --- |"]
        lines += [f"| {' | '.join(_cell(text) for text in _row(item))} |" for item in found.effects]
    else:
        lines += [NOTHING]
    words = _accept(found, quote="`") if accept else ()
    return "\n".join([*lines, "", *(f"- {line}" for line in _stacks(found)), *words])


def _as_record(item: Effect) -> dict[str, Any]:
    record = {**asdict(item), "kind": item.kind.value}
    del record["content"]  # it is in the digest
    return record


def _row(item: Effect) -> tuple[str, ...]:
    usd = "unknown" if item.usd is None else amount(item.usd) if item.usd else "-"
    stack = f"{item.stack}: " if item.stack and item.stack != item.subject else ""
    return item.kind.value, f"{stack}{item.subject}", usd, item.what


def _stacks(found: Difference) -> Iterator[str]:
    for stack, counts in found.counts.items():
        words = ", ".join(f"{number} to {action.value}" for action, number in counts.items())
        yield f"{stack}: {words or 'no change'}"


def _accept(found: Difference, quote: str = "") -> Iterator[str]:
    if kinds := ",".join(kind.value for kind in kinds_of(found.effects)):
        yield ""
        yield f"A deploy of exactly this: {quote}kit deploy --accept {kinds}@{digest_of(found.effects)}{quote}"


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {"hour": price.hour, "month": price.month, "committed": price.committed, "at_least": price.at_least}


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())
