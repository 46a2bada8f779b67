"""Lists the models of one region with AWS's API, and merges listings into api_listing.json.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_catalog.data_files import VARIANT

DATES = {
    "start": "startOfLifeTime",
    "legacy": "legacyTime",
    "extended_access": "publicExtendedAccessTime",
    "end_of_life": "endOfLifeTime",
}
LIFECYCLE = ("status", "lifecycle")
LISTED_WITHOUT_TYPE = "NONE"  # listed, but you can only train it


@dataclass(frozen=True)
class RegionListing:
    """Models by id: facts and inference types; profiles by id: regions they route to ("*": every region).

    For the models in `unanswered`, the API did not say whether the region offers them; they count as offered.
    """

    models: Mapping[str, Mapping[str, Any]]
    inference: Mapping[str, tuple[str, ...]]
    customizations: Mapping[str, tuple[str, ...]]
    profiles: Mapping[str, tuple[str, ...]]
    unanswered: tuple[str, ...] = ()


def read_region(bedrock: Any, failures: tuple[type[Exception], ...]) -> RegionListing:
    """List the models and system-defined profiles of the client's region. Raises one of `failures`."""
    summaries = bedrock.list_foundation_models()["modelSummaries"]
    absent, unanswered = _availability(bedrock, summaries, failures)
    pages = bedrock.get_paginator("list_inference_profiles").paginate(typeEquals="SYSTEM_DEFINED")
    return RegionListing(
        models={item["modelId"]: _facts(item) for item in summaries},
        inference={item["modelId"]: _inference(item, absent) for item in summaries},
        customizations={item["modelId"]: tuple(item.get("customizationsSupported", ())) for item in summaries},
        profiles={
            item["inferenceProfileId"]: _destinations(item)
            for page in pages
            for item in page["inferenceProfileSummaries"]
        },
        unanswered=unanswered,
    )


def merged(old: Mapping[str, Any], read: Mapping[str, RegionListing], *, date: str, source: str) -> dict[str, Any]:
    """The new content of api_listing.json: the regions in `read` are replaced, all others stay."""
    kept = {id_: _without(entry, set(read)) for id_, entry in old["models"].items()}
    routes = {id_: _sources(item, set(read)) for id_, item in old["profiles"].items()}
    read_facts: dict[str, dict[str, Mapping[str, Any]]] = {}
    for region, listing in read.items():
        for id_, facts in listing.models.items():
            entry = kept.setdefault(id_, {"inference": {}, "customizations": {}})
            entry |= facts
            read_facts.setdefault(id_, {})[region] = facts
            for inference_type in listing.inference[id_] or (LISTED_WITHOUT_TYPE,):
                _add(entry["inference"], inference_type, region)
            entry["customizations"] = entry["customizations"] or {}
            for method in listing.customizations[id_]:
                _add(entry["customizations"], method, region)
        for id_, destinations in listing.profiles.items():
            routes.setdefault(id_, {})[region] = destinations
    for id_, by_region in read_facts.items():
        kept[id_] |= _lifecycles(kept[id_], by_region)
    return {
        "source": source,
        "date": date,
        "regions": dict(sorted({**old["regions"], **dict.fromkeys(read, date)}.items())),
        "models": {id_: kept[id_] for id_ in sorted(kept) if kept[id_]["inference"]},
        "profiles": {id_: _grouped(routes[id_]) for id_ in sorted(routes) if routes[id_]},
    }


def _lifecycles(entry: dict[str, Any], by_region: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The lifecycle that most of the regions read have; what others of them say stands under `regional`.

    Each region has a state of its own: https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle-legacy.html
    """
    most = Counter(json.dumps(_ending(facts), sort_keys=True) for facts in by_region.values()).most_common(1)[0][0]
    usual = next(facts for facts in by_region.values() if json.dumps(_ending(facts), sort_keys=True) == most)
    regional = entry.get("regional", {}) | {
        region: {name: facts[name] for name in LIFECYCLE if name in facts}
        for region, facts in by_region.items()
        if _ending(facts) != _ending(usual)
    }
    found = {name: usual[name] for name in LIFECYCLE if name in usual}
    return found | ({"regional": regional} if regional else {})


def _ending(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Status and dates, but for the launch, which is another day in many regions."""
    dates = {name: date for name, date in (entry.get("lifecycle") or {}).items() if name != "start"}
    return {**dates, "status": entry.get("status")}


def _facts(item: Mapping[str, Any]) -> dict[str, Any]:
    life = item.get("modelLifecycle", {})
    found = {
        "name": item.get("modelName"),
        "provider": item.get("providerName"),
        "input": item.get("inputModalities"),
        "output": item.get("outputModalities"),
        "streaming": item.get("responseStreamingSupported"),
        "status": life.get("status"),
        "lifecycle": {ours: life[theirs].date().isoformat() for ours, theirs in DATES.items() if theirs in life},
    }
    return {name: value for name, value in found.items() if value is not None}


def _availability(
    bedrock: Any, summaries: list[dict[str, Any]], failures: tuple[type[Exception], ...]
) -> tuple[set[str], tuple[str, ...]]:
    """(models that are listed but not offered in the region, models without an answer)."""
    absent, unanswered = set(), []
    for item in summaries:
        model_id = item["modelId"]
        if "ON_DEMAND" not in item.get("inferenceTypesSupported", ()) or VARIANT.match(model_id):
            continue
        try:
            if bedrock.get_foundation_model_availability(modelId=model_id)["regionAvailability"] != "AVAILABLE":
                absent.add(model_id)
        except failures:
            unanswered.append(model_id)
    return absent, tuple(unanswered)


def _inference(item: Mapping[str, Any], absent: set[str]) -> tuple[str, ...]:
    types = tuple(item.get("inferenceTypesSupported", ()))
    return tuple(kind for kind in types if kind != "ON_DEMAND") if item["modelId"] in absent else types


def _destinations(profile: Mapping[str, Any]) -> tuple[str, ...]:
    regions = {model["modelArn"].split(":")[3] for model in profile["models"]}
    return ("*",) if "" in regions else tuple(sorted(regions))


def _without(entry: Mapping[str, Any], regions: set[str]) -> dict[str, Any]:
    def left(places: Mapping[str, list[str]] | None) -> dict[str, list[str]] | None:
        if places is None:
            return None
        remaining = {key: [place for place in listed if place not in regions] for key, listed in places.items()}
        return {key: listed for key, listed in remaining.items() if listed}

    changed = {"inference": left(entry["inference"]), "customizations": left(entry["customizations"])}
    regional = {place: life for place, life in entry.get("regional", {}).items() if place not in regions}
    rest = {name: value for name, value in entry.items() if name != "regional"}
    return {**rest, **changed, **({"regional": regional} if regional else {})}


def _add(places: dict[str, list[str]], key: str, region: str) -> None:
    places[key] = sorted({*places.get(key, ()), region})


def _sources(routes: list[dict[str, list[str]]], without: set[str]) -> dict[str, tuple[str, ...]]:
    return {source: tuple(route["to"]) for route in routes for source in route["from"] if source not in without}


def _grouped(destinations: Mapping[str, tuple[str, ...]]) -> list[dict[str, list[str]]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for source in sorted(destinations):
        groups.setdefault(destinations[source], []).append(source)
    return [{"from": sources, "to": list(to)} for to, sources in groups.items()]
