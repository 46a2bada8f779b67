"""`kit models show`: everything the catalog knows about one model; a number in brackets names a value's source."""

import argparse
import json
import textwrap
from collections.abc import Iterator

from kit.models.command import add_output_arguments
from kit.models.facts import UNKNOWN, VALUES, facts, price_rows, run_by_kit, said, today
from model_catalog.catalog import find
from model_catalog.lifecycle import LEGACY_MEANS, state
from model_catalog.model import Customization, Model, Source
from model_catalog.prices import Price
from model_catalog.selection import DEFAULT_REGION

WIDTH = 118
LABEL = 27


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="ID", help="an inference, profile or customization id")
    add_output_arguments(parser)


def run(options: argparse.Namespace) -> int:
    model = find(options.model)
    if options.json:
        print(json.dumps(facts(model, options.region), indent=1))
        return 0
    sources: list[str] = []
    for line in (*_lines(model, options.region, sources), *_source_lines(model, sources)):
        print(line)
    return 0


def _lines(model: Model, region: str | None, sources: list[str]) -> Iterator[str]:
    yield f"{model.name} ({model.provider})"
    yield from _field("inference id", model.inference_id)
    yield from _field("customization id", model.customization_id or "none")
    for label, name, text in VALUES:
        source = model.sources.get(name)
        mark = _mark(source, sources) if source else ""
        claims = "".join(
            f"; {said(claim.value)}{_mark(claim.source, sources)}" for claim in model.disputed.get(name, ())
        )
        yield from _field(label, f"{text(model, region)}{mark}{claims}")
    yield from _lifecycle(model, region)
    yield from _field("called by its id in", ", ".join(model.on_demand_regions) or "no region")
    for prefix, routes in model.profiles.items():
        yield from _field(f"{prefix}. profile from", ", ".join(sorted(r for route in routes for r in route.sources)))
    for identifier, regions in model.provisioned.items():
        yield from _field("provisioned throughput", f"{identifier} in {', '.join(regions)}")
    if model.mantle_regions:
        yield from _field("bedrock-mantle", f"{', '.join(model.mantle_apis)} in {', '.join(model.mantle_regions)}")
    for method, item in model.customizations.items():
        yield from _customization(method, item, sources)
    yield from _price_lines(model, region, sources)
    if model.note:
        yield from _field("note", model.note)


def _lifecycle(model: Model, region: str | None) -> Iterator[str]:
    """Regions with a lifecycle of their own, and what Legacy means for a model that is Legacy."""
    own: dict[str, list[str]] = {}
    for place, life in model.regional.items():
        text = f"{state(model, today(), place) or UNKNOWN}, end of life {life.end_of_life or UNKNOWN}"
        own.setdefault(text, []).append(place)
    for text, places in own.items():
        yield from _field("status in single regions", f"{text}: {', '.join(places)}")
    if state(model, today(), region) == "LEGACY":
        yield from _field("", LEGACY_MEANS)


def _customization(method: str, item: Customization, sources: list[str]) -> Iterator[str]:
    label = method.lower().replace("_", " ")
    place = f"in {', '.join(item.regions)}{'' if item.endpoint == 'bedrock' else f' at the {item.endpoint} endpoint'}"
    kit = "" if run_by_kit(item) else "; the kit does not run it"
    yield from _field(label, f"{place}{kit}{_mark(item.source, sources)}")
    yield from _field("  records", f"{item.record_format}, {item.min_records:,} to {item.max_records:,}")
    if item.max_tokens:
        yield from _field("  tokens a record", f"at most {item.max_tokens:,}")
    if item.teachers:
        yield from _field("  teachers", ", ".join(item.teachers))
    for name, spec in item.hyperparameters.items():
        bounds = ", ".join(spec.choices) or f"{spec.min:g} to {spec.max:g}"
        default = UNKNOWN if spec.default is None else f"{spec.default:g}"
        yield from _field(f"  {name}", f"{bounds} (default {default})")


def _price_lines(model: Model, region: str | None, sources: list[str]) -> Iterator[str]:
    rows = price_rows(model)
    regions = sorted({row.region for row in rows})
    shown = region or (DEFAULT_REGION if DEFAULT_REGION in regions else next(iter(regions), DEFAULT_REGION))
    yield f"prices in {shown}{': none known' if shown not in regions else ''}"
    lines = sorted(((_price_label(row, model), row) for row in rows if row.region == shown), key=lambda item: item[0])
    for label, row in lines:
        claim = row.source if row.verified else f"{row.source}; not verified"
        mark = _mark(Source(claim, row.date), sources)
        yield from _field(f"  {label}", f"{_usd(row)}{mark}", indent=max(len(at) for at, _ in lines) + 4)
    others = ", ".join(place for place in regions if place != shown)
    if others:
        yield from _field("  --region", others)


def _usd(row: Price) -> str:
    """Tokens always by the million, so that rows can be compared."""
    if row.per.endswith("tokens"):
        return f"{row.of(1e6):g} USD per million tokens"
    return f"{row.usd:g} USD per {row.per}"


def _price_label(row: Price, model: Model) -> str:
    profile = "global profile" if row.model != model.inference_id else None
    commitment = f"commitment {row.commitment}" if row.commitment else None
    return ", ".join(part for part in (row.kind.replace("_", " "), profile, row.tier, commitment) if part)


def _source_lines(model: Model, sources: list[str]) -> Iterator[str]:
    yield "sources"
    for number, text in enumerate(sources, start=1):
        yield from _field(f"  [{number}]", text, indent=8)
    yield from _field("  else", f"{model.listing.text}, {model.listing.date}", indent=8)


def _mark(source: Source, sources: list[str]) -> str:
    text = f"{source.text}, {source.date}"
    if text not in sources:
        sources.append(text)
    return f" [{sources.index(text) + 1}]"


def _field(label: str, text: str, indent: int = LABEL) -> Iterator[str]:
    start = label.ljust(indent) if len(label) < indent else f"{label}  "
    yield textwrap.fill(text, WIDTH, initial_indent=start, subsequent_indent=" " * indent, break_on_hyphens=False)
