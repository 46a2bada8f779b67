"""Prints an estimate as a table or as JSON."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from deployment.config import DeploymentConfig
from deployment.costs.inference_api import Traffic
from deployment.costs.lines import FETCH, NOT_COUNTED, CostGroup, CostLine, amount, total
from kit.table import table
from model_catalog.prices import EVERY_REGION, Price

WIDTH, LINE = 20, 116
Estimates = Mapping[str, tuple[DeploymentConfig, Sequence[CostGroup]]]


def as_table(config: DeploymentConfig, groups: Sequence[CostGroup]) -> str:
    """Every group with its lines and total, then the missing prices, then the source of each price."""
    rows = [f"{config.deployment.name} in {config.deployment.region}: estimate in US dollars (docs/costs.md)"]
    for group in groups:
        if group.lines:
            rows += ["", f"{group.title}: {total([group])}", *(_row(line) for line in group.lines)]
    rows += missing_rows(groups)
    left_out = f"Not counted, billed by use: {', '.join(NOT_COUNTED)}"
    rows += ["", *textwrap.wrap(left_out, LINE, subsequent_indent="  ")]
    return "\n".join([*rows, *source_rows(groups)])


def as_json(config: DeploymentConfig, traffic: Traffic, groups: Sequence[CostGroup]) -> str:
    answer = {
        "deployment": config.deployment.name,
        "region": config.deployment.region,
        "currency": "USD",
        "traffic": asdict(traffic),
        "groups": [group_as_json(group) for group in groups],
        "missing": missing_prices(groups),
        "fetch_missing_with": FETCH,
        "not_counted": NOT_COUNTED,
    }
    return json.dumps(answer, indent=1)


def _row(line: CostLine) -> str:
    usd = "missing" if line.usd is None else amount(line.usd)
    mark = "*" if line.price and not line.price.verified else " "
    return f"  {usd:>14}{mark} {line.part:<{WIDTH}} {line.what}"


def source_rows(groups: Sequence[CostGroup]) -> Iterator[str]:
    yield from ("", "Prices (* from a copy, not from AWS itself):")
    for source in sorted({_source(line.price) for group in groups for line in group.lines if line.price}):
        wrapped = textwrap.wrap(source, LINE, subsequent_indent="    ", break_on_hyphens=False)
        yield from (f"  {line}" for line in wrapped)


def missing_prices(groups: Sequence[CostGroup]) -> list[str]:
    return list(dict.fromkeys(line.missing for group in groups for line in group.lines if line.missing))


def missing_rows(groups: Sequence[CostGroup]) -> Iterator[str]:
    if missing := missing_prices(groups):
        yield from ("", f'Missing prices (totals say "at least"); fetch prices with: {FETCH}')
        yield from (f"  {what}" for what in missing)


def _source(price: Price) -> str:
    subject = price.model or price.service or "any model"
    kind = price.kind.replace("_", " ")
    mark = "" if price.verified else "*"
    region = "every region" if price.region == EVERY_REGION else price.region
    usd = f"{price.usd:.10f}".rstrip("0").rstrip(".")
    return f"{subject}, {kind}{mark}: {usd} per {price.per}, {region}; {price.source}, {price.date}"


def group_as_json(group: CostGroup) -> dict[str, Any]:
    lines = [asdict(line) for line in group.lines]
    return {
        "name": group.name,
        "title": group.title,
        "usd": group.usd,
        "at_least": group.at_least,
        "lines": lines,
    }


def environments_as_table(estimates: Estimates) -> str:
    """The total of each group; an environment without such a group, or without a cost in it, has a dash."""
    columns = {name: {group.title: group for group in groups if group.lines} for name, (_, groups) in estimates.items()}
    titles = dict.fromkeys(title for column in columns.values() for title in column)
    rows = [("US DOLLARS", *estimates)]
    rows.append(("Region", *(config.deployment.region for config, _ in estimates.values())))
    for title in titles:
        rows.append((title, *(total([column[title]]) if title in column else "-" for column in columns.values())))
    return "\n".join([*table(rows), "", "Lines, sources and missing prices of one: kit cost --environment NAME"])


def environments_as_json(estimates: Estimates, traffic: Traffic) -> str:
    found = {name: json.loads(as_json(config, traffic, groups)) for name, (config, groups) in estimates.items()}
    return json.dumps({"environments": found}, indent=1)
