"""models.json as frozen, typed entries: read on first use, never at import."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Hyperparameter:
    """`kind` is "int" or "float"; the bounds are allowed values."""

    kind: str
    min: float
    max: float
    default: float


@dataclass(frozen=True)
class Customization:
    """How a base model is fine-tuned: record counts are training plus validation records."""

    methods: tuple[str, ...]
    regions: tuple[str, ...]
    record_format: str
    min_records: int
    max_records: int
    hyperparameters: Mapping[str, Hyperparameter]


@dataclass(frozen=True)
class Serving:
    """How a custom model of this base can be served."""

    on_demand: bool
    provisioned: bool


@dataclass(frozen=True)
class Model:
    """`profiles` maps a prefix to the regions it routes to ("*": all). What it costs is in prices.json.

    `access` is "none" or "agreement-and-form"; `end_of_life` is a date or None; `source` and `date` say who said so.
    """

    name: str
    provider: str
    inference_id: str
    customization_id: str | None
    on_demand_regions: tuple[str, ...]
    profiles: Mapping[str, tuple[str, ...]]
    customization: Customization | None
    serving: Serving
    access: str
    end_of_life: str | None
    source: str
    date: str


@dataclass(frozen=True)
class Retired:
    """A model that Bedrock no longer serves; `end_of_life` is None where no source gives the date."""

    id: str
    end_of_life: str | None
    replacement: str | None
    source: str
    date: str


@cache
def by_id() -> Mapping[str, Model]:
    """Models by inference id and by customization id."""
    models = [_model(entry) for entry in _data()["models"]]
    found = {model.inference_id: model for model in models}
    return found | {model.customization_id: model for model in models if model.customization_id}


@cache
def retired() -> Mapping[str, Retired]:
    return {entry["id"]: Retired(**entry) for entry in _data()["retired"]}


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((Path(__file__).parent / "models.json").read_text(encoding="utf-8"))
    return data


def _model(entry: dict[str, Any]) -> Model:
    return Model(
        name=entry["name"],
        provider=entry["provider"],
        inference_id=entry["inference_id"],
        customization_id=entry["customization_id"],
        on_demand_regions=tuple(entry["on_demand_regions"]),
        profiles={prefix: tuple(regions) for prefix, regions in entry["profiles"].items()},
        customization=_customization(entry["customization"]) if entry["customization"] else None,
        serving=Serving(**entry["serving"]),
        access=entry["access"],
        end_of_life=entry["end_of_life"],
        source=entry["source"],
        date=entry["date"],
    )


def _customization(entry: dict[str, Any]) -> Customization:
    return Customization(
        methods=tuple(entry["methods"]),
        regions=tuple(entry["regions"]),
        record_format=entry["record_format"],
        min_records=entry["min_records"],
        max_records=entry["max_records"],
        hyperparameters={name: Hyperparameter(**spec) for name, spec in entry["hyperparameters"].items()},
    )
