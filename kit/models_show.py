"""`kit models show`: everything the catalog knows of one model, every value with its source."""

import argparse
import json
import textwrap
from collections.abc import Iterator

from kit.models_facts import UNKNOWN, VALUES, facts, price_rows
from model_catalog.catalog import find
from model_catalog.entries import Customization, Model

WIDTH = 118
LABEL = 20


def run(options: argparse.Namespace) -> int:
    model = find(options.models[0])
    if getattr(options, "json", False):
        print(json.dumps(facts(model), indent=1))
        return 0
    for line in _lines(model):
        print(line)
    return 0


def _lines(model: Model) -> Iterator[str]:
    yield f"{model.name} ({model.provider})"
    yield from _field("inference id", model.inference_id)
    yield from _field("customization id", model.customization_id or "none")
    for label, name, text in VALUES:
        source = model.sources.get(name)
        yield from _field(label, text(model), f"{source.text}, {source.date}" if source else None)
    yield from _field("called by its id in", ", ".join(model.on_demand_regions) or "no region")
    for prefix, routes in model.profiles.items():
        yield from _field(f"{prefix}. profile from", ", ".join(sorted(r for route in routes for r in route.sources)))
    for identifier, regions in model.provisioned.items():
        yield from _field("provisioned", f"{identifier} in {', '.join(regions)}")
    if model.mantle_regions:
        yield from _field("bedrock-mantle", f"{', '.join(model.mantle_apis)} in {', '.join(model.mantle_regions)}")
    for method, item in model.customizations.items():
        yield from _customization(method, item)
    for row in price_rows(model):
        tier = ", ".join(part for part in (row.tier, row.commitment) if part)
        label = f"{row.kind.replace('_', ' ')}{f' ({tier})' if tier else ''}"
        claim = "" if row.verified else "not verified: "
        yield from _field(
            "price", f"{row.usd:g} USD per {row.per}, {label}, {row.region}", f"{claim}{row.source}, {row.date}"
        )
    if model.note:
        yield from _field("note", model.note)
    yield from _field("all else", f"{model.listing.text}, {model.listing.date}")


def _customization(method: str, item: Customization) -> Iterator[str]:
    yield from _field(
        method.lower().replace("_", " "), f"in {', '.join(item.regions)}", f"{item.source.text}, {item.source.date}"
    )
    yield from _field("  records", f"{item.record_format}, {item.min_records:,} to {item.max_records:,}")
    if item.max_tokens:
        yield from _field("  tokens a record", f"at most {item.max_tokens:,}")
    if item.teachers:
        yield from _field("  teachers", ", ".join(item.teachers))
    for name, spec in item.hyperparameters.items():
        bounds = ", ".join(spec.choices) or f"{spec.min:g} to {spec.max:g}"
        yield from _field(f"  {name}", f"{bounds} (default {UNKNOWN if spec.default is None else f'{spec.default:g}'})")


def _field(label: str, text: str, source: str | None = None) -> Iterator[str]:
    width = max(LABEL, len(label) + 2)
    whole = f"{text}  [{source}]" if source else text
    yield textwrap.fill(
        whole, WIDTH, initial_indent=label.ljust(width), subsequent_indent=" " * LABEL, break_on_hyphens=False
    )
