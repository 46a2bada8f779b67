"""What the catalog knows about a model, as a JSON object and as short texts; unknown values are printed as unknown."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

from kit_contract.counted import counted
from model_catalog.lifecycle import state
from model_catalog.model import Customization, Model
from model_catalog.prices import Price, prices
from model_catalog.selection import price_in, price_out

UNKNOWN = "unknown"
NESTED = ("sources", "listing", "lifecycle", "profiles", "customizations", "serving", "disputed", "regional")
# Of the methods; a test holds it against [training].
RUN_BY_KIT = ("FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING")


def facts(model: Model, region: str | None = None) -> dict[str, Any]:
    """Everything the catalog knows; null means unknown. `prices` has a row for every price."""
    plain = {name: value for name, value in dataclasses.asdict(model).items() if name not in NESTED}
    prices_in, prices_out = price_in(model, region), price_out(model, region)
    return plain | {
        "regions": model.regions,
        "profiles": {
            f"{prefix}.{model.inference_id}": [dataclasses.asdict(route) for route in routes]
            for prefix, routes in model.profiles.items()
        },
        "profile_required": not model.on_demand_regions and bool(model.profiles),
        "customizations": {
            name: dataclasses.asdict(item) | {"run_by_kit": run_by_kit(item)}
            for name, item in model.customizations.items()
        },
        "custom_model_serving": dataclasses.asdict(model.serving) if model.customizations else None,
        "lifecycle": dataclasses.asdict(model.lifecycle) | {"status": state(model, today())},
        "regional_lifecycles": {
            place: dataclasses.asdict(life) | {"status": state(model, today(), place)}
            for place, life in model.regional.items()
        },
        "disputed": {name: [dataclasses.asdict(claim) for claim in claims] for name, claims in model.disputed.items()},
        "price_in_per_million_tokens_usd": prices_in.of(1e6) if prices_in else None,
        "price_out_per_million_tokens_usd": prices_out.of(1e6) if prices_out else None,
        "prices": [dataclasses.asdict(row) for row in price_rows(model)],
        "sources": {name: dataclasses.asdict(source) for name, source in model.sources.items()},
        "listing": dataclasses.asdict(model.listing),
    }


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def said(value: Any) -> str:
    """A value as text, whatever it is of."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, int):
        return _count(value)
    return ", ".join(sorted(item.lower() for item in value)) if isinstance(value, list) else str(value)


def run_by_kit(customization: Customization) -> bool:
    return customization.method in RUN_BY_KIT and customization.endpoint == "bedrock"


def price_rows(model: Model) -> list[Price]:
    ids = {model.inference_id, f"global.{model.inference_id}"}
    return [row for row in prices() if row.model in ids]


def tokens(count: int | None) -> str:
    """128000 as 128K, 1000000 as 1M."""
    if count is None:
        return "?"
    if count >= 1_000_000:
        return f"{count / 1_000_000:.3g}M"
    return f"{count / 1000:.0f}K" if count >= 1000 else str(count)


def money(found: Price | None) -> str:
    return f"{found.of(1_000_000):.4g}" if found else "?"


def disputed_text(model: Model, name: str) -> str:
    """What other sources say about this value, to be put behind it."""
    claims = model.disputed.get(name, ())
    return f" (sources differ: {', '.join(said(claim.value) for claim in claims)})" if claims else ""


def yes_no(value: bool | None) -> str:
    return "?" if value is None else "yes" if value else "no"


def _price_text(found: Price | None) -> str:
    return f"{found.of(1_000_000):.4g} ({found.region})" if found else UNKNOWN


def _known(value: bool | None) -> str:
    return UNKNOWN if value is None else "yes" if value else "no"


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def _regions_text(model: Model, _: str | None) -> str:
    return (
        f"{len(model.regions)}: {', '.join(model.regions)}"
        if len(model.regions) <= 8
        else counted(len(model.regions), "region")
    )


def _serving(model: Model, _: str | None) -> str:
    ways = [way for way, there in dataclasses.asdict(model.serving).items() if there]
    return ", ".join(ways).replace("_", " ") or "not customizable"


def _dimensions(model: Model, _: str | None) -> str:
    if "embedding" not in model.output:
        return "no embeddings"
    return ", ".join(str(length) for length in model.dimensions) or UNKNOWN


# label, the value's name in the catalog, its text
VALUES: tuple[tuple[str, str, Callable[[Model, str | None], str]], ...] = (
    ("input", "input", lambda model, _: ", ".join(model.input) or UNKNOWN),
    ("output", "output", lambda model, _: ", ".join(model.output) or UNKNOWN),
    ("context tokens", "context_tokens", lambda model, _: _count(model.context_tokens)),
    ("output tokens", "max_output_tokens", lambda model, _: _count(model.max_output_tokens)),
    ("dimensions", "dimensions", _dimensions),
    ("$ in / M tokens", "price_in", lambda model, region: _price_text(price_in(model, region))),
    ("$ out / M tokens", "price_out", lambda model, region: _price_text(price_out(model, region))),
    ("streaming", "streaming", lambda model, _: _known(model.streaming)),
    ("Converse", "converse", lambda model, _: _known(model.converse)),
    ("tools", "tools", lambda model, _: _known(model.tools)),
    ("documents", "documents", lambda model, _: _known(model.documents)),
    ("system prompts", "system_prompts", lambda model, _: _known(model.system_prompts)),
    ("prompt caching", "prompt_caching", lambda model, _: _known(model.prompt_caching)),
    ("access", "access", lambda model, _: model.access or UNKNOWN),
    ("regions", "regions", _regions_text),
    ("profiles", "profiles", lambda model, _: ", ".join(model.profiles) or "none"),
    (
        "customization",
        "customizations",
        lambda model, _: ", ".join(model.customizations).lower().replace("_", "-") or "none",
    ),
    ("custom model", "serving", _serving),
    ("status", "status", lambda model, region: state(model, today(), region) or UNKNOWN),
    ("launched", "start", lambda model, _: model.lifecycle.start or UNKNOWN),
    ("legacy since", "legacy", lambda model, region: model.lifecycle_in(region).legacy or UNKNOWN),
    ("end of life", "end_of_life", lambda model, region: model.lifecycle_in(region).end_of_life or UNKNOWN),
)
