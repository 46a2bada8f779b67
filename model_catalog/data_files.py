"""Reads the two data files on first use and merges them into models.

api_listing.json has what AWS's API lists; `kit models refresh` rewrites it. documented_facts.json has facts from
documentation, entered by hand with a source each; no command writes it. If both have a value, the listing wins, except
for a status that a newer source contradicts (statements.py).
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kit_contract.places import newest
from model_catalog.model import Customization, Hyperparameter, Lifecycle, Model, Retired, Route, Serving, Source
from model_catalog.statements import Statements, listed_lifecycle

API_LISTING = newest(Path(__file__).parent / "api_listing.json")
DOCUMENTED_FACTS = Path(__file__).parent / "documented_facts.json"
# Ids that you train or provision but do not invoke: amazon.nova-micro-v1:0:128k.
VARIANT = re.compile(r"^(?P<model>.+?)(:0|:2)?:(\d+[km]|512)$")
LISTED_METHODS = ("FINE_TUNING", "DISTILLATION")  # reinforcement fine-tuning is not in the listing's enumeration
PLAIN = (
    *("streaming", "context_tokens", "max_output_tokens", "converse", "tools", "documents", "system_prompts"),
    *("prompt_caching", "access", "customization_id", "replacement", "note"),
)


@cache
def models() -> tuple[Model, ...]:
    """All models that Bedrock offers, sorted by inference id."""
    listing, entered = api_listing(), documented_facts()
    source = Source(listing["source"], listing["date"])
    ids = {id_ for id_ in listing["models"] if not _model_of(id_, listing["models"])}
    ids |= {id_ for id_, facts in entered["models"].items() if "mantle_regions" in facts}
    return tuple(_model(id_, listing, entered, source) for id_ in sorted(ids))


@cache
def by_id() -> Mapping[str, Model]:
    """Models by inference id, by customization id and by the ids of their provisioned throughput."""
    found = {model.inference_id: model for model in models()}
    found |= {model.customization_id: model for model in models() if model.customization_id}
    return found | {variant: model for model in models() for variant in model.provisioned}


@cache
def retired() -> Mapping[str, Retired]:
    """Retired models by inference id: the documented ones, and those that left the listing."""
    listing, entered = api_listing(), documented_facts()
    gone = set(entered["models"]) - set(listing["models"])
    gone = {id_ for id_ in gone if "mantle_regions" not in entered["models"][id_]}
    found = {id_: Retired(id_, None, None, "left the API listing", listing["date"]) for id_ in gone}
    for id_, entry in entered["retired"].items():
        found[id_] = Retired(id=id_, **{**entry, "regions": tuple(entry.get("regions", ()))})
    return found


@cache
def api_listing() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(API_LISTING.read_text(encoding="utf-8"))
    return data


@cache
def documented_facts() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(DOCUMENTED_FACTS.read_text(encoding="utf-8"))
    return data


def _model_of(identifier: str, listed: Mapping[str, Any]) -> str | None:
    """The inference id for a trained or provisioned variant, or None for an inference id."""
    match = VARIANT.match(identifier)
    if match:
        return next((id_ for id_ in (identifier.rsplit(":", 1)[0], match["model"]) if id_ in listed), None)
    without_version = identifier.removesuffix(":0")  # amazon.titan-embed-image-v1:0 is amazon.titan-embed-image-v1
    return without_version if without_version != identifier and without_version in listed else None


def _model(identifier: str, listing: dict[str, Any], entered: dict[str, Any], source: Source) -> Model:
    listed = listing["models"].get(identifier, {})
    facts = entered["models"].get(identifier, {})
    sources = {key: Source(**text) for key, text in entered["sources"].items()}
    said = Statements(listed, facts, sources, source)
    value = said.value
    return Model(
        inference_id=identifier,
        name=value("name") or identifier,
        provider=value("provider") or identifier.split(".", 1)[0],
        input=tuple(item.lower() for item in value("input") or ()),
        output=tuple(item.lower() for item in value("output") or ()),
        lifecycle=said.lifecycle(),
        listing=source,
        on_demand_regions=tuple(listed.get("inference", {}).get("ON_DEMAND", ())),
        profiles=_profiles(identifier, listing["profiles"]),
        mantle_regions=tuple(value("mantle_regions") or ()),
        dimensions=tuple(value("dimensions") or ()),
        mantle_apis=tuple(value("mantle_apis") or ()),
        provisioned=_provisioned(identifier, listing["models"]),
        customizations=_customizations(facts, listing["models"], sources),
        serving=Serving(**(value("serving") or {"on_demand": False, "provisioned": False})),
        sources=said.sources(),
        disputed=said.disputed(),
        regional=_regional(listed, entered["retired"].get(identifier, {})),
        **{name: value(name) for name in PLAIN},
    )


def _regional(listed: Mapping[str, Any], ended: Mapping[str, Any]) -> dict[str, Lifecycle]:
    """What the API says of single regions; where people entered the end of a region, that."""
    found = {region: listed_lifecycle(entry) for region, entry in listed.get("regional", {}).items()}
    end = Lifecycle("LEGACY", None, None, None, ended.get("end_of_life"))
    return found | dict.fromkeys(ended.get("regions", ()), end)


def _profiles(identifier: str, profiles: Mapping[str, Any]) -> dict[str, tuple[Route, ...]]:
    return {
        profile.removesuffix(f".{identifier}"): tuple(Route(tuple(r["from"]), tuple(r["to"])) for r in routes)
        for profile, routes in profiles.items()
        if profile.endswith(f".{identifier}")
    }


def _provisioned(identifier: str, listed: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        id_: tuple(entry["inference"]["PROVISIONED"])
        for id_, entry in listed.items()
        if id_.startswith(identifier) and "PROVISIONED" in entry["inference"]
        if id_ == identifier or _model_of(id_, listed) == identifier
    }


def _customizations(
    facts: Mapping[str, Any], listed: Mapping[str, Any], sources: Mapping[str, Source]
) -> dict[str, Customization]:
    """The documented methods. If the listing has methods and regions of the customization id, those count."""
    base = listed.get(facts["customization_id"]["value"], {}) if "customization_id" in facts else {}
    found = {}
    for method, entry in facts.get("customizations", {}).items():
        regions = entry["regions"]
        if base.get("customizations") is not None and method in LISTED_METHODS:
            regions = base["customizations"].get(method, ())
        if regions:
            found[method] = _customization(method, {**entry, "regions": regions}, sources)
    return found


def _customization(method: str, entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Customization:
    return Customization(
        method=method,
        regions=tuple(entry["regions"]),
        record_format=entry["record_format"],
        min_records=entry["min_records"],
        max_records=entry["max_records"],
        max_validation_records=entry.get("max_validation_records"),
        max_tokens=entry.get("max_tokens"),
        max_bytes=entry.get("max_bytes"),
        media=entry.get("media"),
        teachers=tuple(entry.get("teachers", ())),
        hyperparameters={name: _hyperparameter(spec) for name, spec in entry["hyperparameters"].items()},
        source=sources[entry["source"]],
        endpoint=entry.get("endpoint", "bedrock"),
    )


def _hyperparameter(spec: Mapping[str, Any]) -> Hyperparameter:
    return Hyperparameter(**{**spec, "choices": tuple(spec.get("choices", ()))})
