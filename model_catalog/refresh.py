"""Rewrites api_listing.json and the API's rows of prices.json with answers from AWS."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit_contract.places import own_copy
from model_catalog import data_files, prices
from model_catalog.api_listing import RegionListing, merged, read_region
from model_catalog.price_list import products, read_prices, replaced
from model_catalog.service_prices import service_prices

SOURCE = "ListFoundationModels, ListInferenceProfiles and GetFoundationModelAvailability of an AWS account"
OTHERS = "; other regions: "
PRICE_REGION = "us-east-1"
Client = Callable[[str, str], Any]


@dataclass(frozen=True)
class Refreshed:
    """New contents of the two files, and `problems`: regions and prices that were not read and stay as before."""

    offered: Mapping[str, Any]
    price_rows: list[dict[str, Any]]
    problems: tuple[str, ...]
    regions_read: int = 0


def refresh(client: Client, regions: Iterable[str], *, date: str, failures: tuple[type[Exception], ...]) -> Refreshed:
    """Ask AWS. `client` takes a service and a region; `failures` are the exceptions of its calls."""
    read: dict[str, RegionListing] = {}
    problems = []
    for region in regions:
        try:
            read[region] = read_region(client("bedrock", region), failures)
        except failures as error:
            problems.append(f"{region}: not read, its data stays as before: {error}")
            continue
        if read[region].unanswered:
            models = ", ".join(read[region].unanswered)
            problems.append(f"{region}: counted as offered, as GetFoundationModelAvailability gave no answer: {models}")
    offered = data_files.api_listing()
    if read:
        offered = merged(offered, read, date=date, source=_source(offered, read))
    rows = _price_rows()
    try:
        pricing = client("pricing", PRICE_REGION)
        new, skipped = read_prices(products(pricing), data_files.models())
        rows = replaced(rows, [*new, *service_prices(pricing)])
        problems += [f"prices of {name!r}: {count} products not recognized" for name, count in skipped.most_common(10)]
    except failures as error:
        problems.append(f"prices: not read, they stay as before: {error}")
    return Refreshed(offered, rows, tuple(problems), len(read))


def difference(refreshed: Refreshed) -> Iterator[str]:
    """The changes, one per line."""
    old, new = data_files.api_listing(), refreshed.offered
    for name in ("models", "profiles"):
        yield from (f"+ {name[:-1]} {id_}" for id_ in sorted(set(new[name]) - set(old[name])))
        yield from (f"- {name[:-1]} {id_}" for id_ in sorted(set(old[name]) - set(new[name])))
        for id_ in sorted(set(old[name]) & set(new[name])):
            yield from _changes(id_, old[name][id_], new[name][id_])
    before = {_key(row): row["usd"] for row in _price_rows()}
    after = {_key(row): row["usd"] for row in refreshed.price_rows}
    for key in sorted(set(before) | set(after)):
        if before.get(key) != after.get(key):
            yield f"~ price {key}: {before.get(key, 'none')} -> {after.get(key, 'none')} USD"


def write(refreshed: Refreshed, *, date: str) -> None:
    """Replace each file atomically, if its data was read."""
    if refreshed.regions_read:
        _replace(own_copy(data_files.API_LISTING), _lines(refreshed.offered))
    if refreshed.price_rows != _price_rows():
        rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in refreshed.price_rows)
        _replace(own_copy(prices.FILE), f'{{\n "compiled": "{date}",\n "prices": [\n{rows}\n ]\n}}\n')


def _price_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(prices.FILE.read_text(encoding="utf-8"))["prices"]
    return rows


def _source(old: Mapping[str, Any], read: Mapping[str, RegionListing]) -> str:
    """The source of the new api_listing.json. Regions that were not read keep theirs."""
    if set(old["regions"]) <= set(read):
        return SOURCE
    before = old["source"].rsplit(OTHERS, 1)[-1]
    return f"{SOURCE} in {', '.join(sorted(read))}{OTHERS}{before}"


def _changes(id_: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict):
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield f"~ {id_} {name}: {json.dumps(old.get(name))} -> {json.dumps(new.get(name))}"
    elif old != new:
        yield f"~ {id_}: {json.dumps(old)} -> {json.dumps(new)}"


def _key(row: Mapping[str, Any]) -> str:
    return " ".join(
        str(row[name]) for name in ("model", "service", "kind", "region", "tier", "commitment") if row[name]
    )


def _lines(offered: Mapping[str, Any]) -> str:
    """JSON with one line per model, profile and region, for readable diffs."""
    parts = []
    for name, value in offered.items():
        if isinstance(value, dict):
            inner = ",\n".join(
                f"  {json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}" for key, item in value.items()
            )
            parts.append(f" {json.dumps(name)}: {{\n{inner}\n }}")
        else:
            parts.append(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as new:
        new.write(text)
    Path(new.name).chmod(file.stat().st_mode if file.exists() else 0o644)
    Path(new.name).replace(file)
