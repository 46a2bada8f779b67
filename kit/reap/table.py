"""Prints what is billed and who owns it as a table or as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from billed_resources.deletion import Outcome, committed, is_orphan
from billed_resources.kept_models import kept_models, kept_models_lines
from billed_resources.listing import Listing
from billed_resources.owner import Owner, OwnerKind
from billed_resources.resource import BilledResource
from kit.table import table

HEAD = ("USD/DAY", "KIND", "NAME", "STATUS", "OWNER", "WHAT")


@dataclass(frozen=True)
class Report:
    """`owned`: each resource with its owner; `outcomes`: what was deleted or could not be."""

    account: str
    region: str
    listing: Listing
    owned: Sequence[tuple[BilledResource, Owner]]
    outcomes: Sequence[Outcome] = ()

    @property
    def orphans(self) -> list[BilledResource]:
        return [resource for resource, owner in self.owned if is_orphan(resource, owner)]


def as_table(report: Report) -> str:
    hourly = [row for row in report.owned if row[0].hourly]
    others = [row for row in report.owned if not row[0].hourly]
    lines = [f"account {report.account}, {report.region}", "", f"Billed by the hour: {_total(hourly)}"]
    lines += [*_rows(hourly), "", f"Billed by the month or by use, for information: {_total(others)}", *_rows(others)]
    for kind, reason in report.listing.failures.items():
        lines += ["", f"{kind.value}: the list is incomplete: {reason}"]
    models = kept_models_lines(kept_models(report.owned), report.region)
    return "\n".join([*lines, "", _about_orphans(report), *models])


def outcome_table(outcomes: Sequence[Outcome]) -> str:
    rows = [(item.result.value, item.resource.name, item.reason) for item in outcomes]
    return "\n".join(_aligned([("RESULT", "NAME", "WHY"), *rows]))


def as_json(report: Report) -> str:
    answer = {
        "account": report.account,
        "region": report.region,
        "currency": "USD",
        "resources": [_entry(resource, owner) for resource, owner in report.owned],
        "orphans": [resource.arn for resource in report.orphans],
        "not_listed": {kind.value: reason for kind, reason in report.listing.failures.items()},
        "deletions": [
            {"arn": item.resource.arn, "result": item.result.value, "reason": item.reason} for item in report.outcomes
        ],
    }
    return json.dumps(answer, indent=1)


def _about_orphans(report: Report) -> str:
    if not report.orphans:
        unknown = sum(owner.kind is OwnerKind.UNKNOWN for _, owner in report.owned)
        return f"No orphans{f'; the owner of {unknown} is unknown' if unknown else ''}."
    cost = _total([(resource, owner) for resource, owner in report.owned if is_orphan(resource, owner)])
    kept = [f"  {item.name}: {committed(item.commitment)}" for item in report.orphans if item.commitment]
    summary = f"Orphans: {len(report.orphans)}, {cost}. Delete them: kit reap --delete-orphans"
    return "\n".join([summary, *kept])


def _rows(owned: Sequence[tuple[BilledResource, Owner]]) -> Iterator[str]:
    if not owned:
        yield "  none"
        return
    dearest = sorted(owned, key=lambda row: (row[0].usd_per_day is not None, -(row[0].usd_per_day or 0), row[0].name))
    yield from _aligned([HEAD, *(_cells(resource, owner) for resource, owner in dearest)])


def _cells(resource: BilledResource, owner: Owner) -> tuple[str, ...]:
    who = owner.kind.value + (f": {owner.detail}" if owner.detail else "")
    who += f" ({owner.ledger})" if owner.ledger else ""
    return (_usd(resource.usd_per_day), resource.kind.value, resource.name, resource.status, who, resource.what)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    return (f"  {line}" for line in table(rows))


def _usd(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.2f}"


def _total(owned: Sequence[tuple[BilledResource, Owner]]) -> str:
    known = [resource.usd_per_day for resource, _ in owned if resource.usd_per_day is not None]
    if owned and not known:
        return "an unknown amount"
    at_least = "at least " if len(known) < len(owned) else ""
    return f"{at_least}{sum(known):,.2f} USD a day"


def _entry(resource: BilledResource, owner: Owner) -> dict[str, Any]:
    commitment = resource.commitment
    return {
        "kind": resource.kind.value,
        "name": resource.name,
        "arn": resource.arn,
        "status": resource.status,
        "what": resource.what,
        "hourly": resource.hourly,
        "usd_per_day": resource.usd_per_day,
        "owner": owner.kind.value,
        "owner_detail": owner.detail,
        "ledger": owner.ledger,
        "committed_until": commitment.ends.isoformat() if commitment else None,
        "committed_usd_left": commitment.usd_left if commitment else None,
    }
