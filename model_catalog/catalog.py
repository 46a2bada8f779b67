"""Lookups in models.json: which model, where, how it is customized and served. Read on first use, never at import.

Two kinds of id: an inference id (amazon.nova-micro-v1:0, with a profile prefix such as us. where the region needs one)
is invoked, a customization id (amazon.nova-micro-v1:0:128k) is trained. Neither works in the other's place.
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PROFILE_PREFIXES = ("us", "eu", "apac", "au", "ca", "jp", "us-gov", "global")


class CatalogError(Exception):
    """When Bedrock offers the model, but not for this purpose or not in this region."""


class UnknownModelError(CatalogError):
    """When no model has this id, or it has reached its end of life."""


@dataclass(frozen=True)
class Hyperparameter:
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


def find(identifier: str) -> Model:
    """The model with this inference, profile or customization id. Raises UnknownModelError with near matches."""
    by_id = _by_id()
    model = by_id.get(identifier) or by_id.get(_without_prefix(identifier))
    if model:
        return model
    retired = _retired().get(_without_prefix(identifier))
    if retired:
        ended = f"reached its end of life{' on ' + retired['end_of_life'] if retired['end_of_life'] else ''}"
        fix = f"; use {retired['replacement']}" if retired["replacement"] else ""
        raise UnknownModelError(f"{identifier} {ended}{fix}")
    near = difflib.get_close_matches(identifier, by_id, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"known models: {', '.join(sorted(by_id))}"
    raise UnknownModelError(f"{identifier!r} is not in the model catalog; {hint}")


def customizable(identifier: str, region: str, method: str = "FINE_TUNING") -> Customization:
    """How to customize this base model in `region`. Raises CatalogError naming the regions or models that can."""
    model = find(identifier)
    if model.customization is None or method not in model.customization.methods:
        can = sorted(item.customization_id for item in _by_id().values() if item.customization_id)
        raise CatalogError(
            f"{model.name} cannot be customized by {method}; base models that can: {', '.join(set(can))}"
        )
    if identifier != model.customization_id:
        raise CatalogError(f"base model must be the customization id {model.customization_id}, got {identifier}")
    if region not in model.customization.regions:
        regions = ", ".join(model.customization.regions)
        raise CatalogError(f"{identifier} can be customized in {regions}, got region {region}; change the region")
    return model.customization


def check_hyperparameters(identifier: str, values: Mapping[str, int | float | str]) -> dict[str, str]:
    """The values as the strings that CreateModelCustomizationJob takes, defaults added. Raises CatalogError."""
    model = find(identifier)
    if model.customization is None:
        raise CatalogError(f"{model.name} cannot be customized")
    known = model.customization.hyperparameters
    if unknown := sorted(set(values) - set(known)):
        raise CatalogError(f"{unknown[0]} is not a hyperparameter of {identifier}; allowed: {', '.join(sorted(known))}")
    return {name: _checked(name, values.get(name, spec.default), spec, identifier) for name, spec in known.items()}


def invocable(inference_id: str, region: str) -> Model:
    """The model, if this id can be invoked from `region`. Raises CatalogError where a profile is needed."""
    model = find(inference_id)
    prefix = _prefix(inference_id)
    if prefix:
        if prefix not in model.profiles:
            raise CatalogError(f"{inference_id} does not exist; profiles of {model.name}: {_profile_ids(model)}")
        destinations = model.profiles[prefix]
        if "*" not in destinations and region not in destinations:
            raise CatalogError(f"{inference_id} is offered in {', '.join(destinations)}, got region {region}")
        return model
    if inference_id == model.customization_id:
        raise CatalogError(f"{inference_id} is for training only; invoke {model.inference_id}")
    if region not in model.on_demand_regions:
        raise CatalogError(
            f"{inference_id} cannot be invoked by its own id in {region} "
            f"(it can in {', '.join(model.on_demand_regions) or 'no region'}); use a profile: {_profile_ids(model)}"
        )
    return model


def invoke_arns(inference_id: str, region: str, account: str) -> list[str]:
    """Every ARN a policy must allow to invoke this id: a profile needs itself and each destination's model.

    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    model = find(inference_id)
    prefix = _prefix(inference_id)
    if not prefix:
        return [f"arn:aws:bedrock:{region}::foundation-model/{model.inference_id}"]
    profile = f"arn:aws:bedrock:{region}:{account}:inference-profile/{inference_id}"
    destinations = model.profiles[prefix]
    if "*" in destinations:
        return [profile, *(f"arn:aws:bedrock:{place}::foundation-model/{model.inference_id}" for place in ("*", ""))]
    return [profile, *(f"arn:aws:bedrock:{place}::foundation-model/{model.inference_id}" for place in destinations)]


def _checked(name: str, value: int | float | str, spec: Hyperparameter, identifier: str) -> str:
    allowed = f"must be {spec.min:g} to {spec.max:g} for {identifier}, got {value}; change it in deployment.toml"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise CatalogError(f"{name} {allowed}") from None
    if not spec.min <= number <= spec.max:
        raise CatalogError(f"{name} {allowed}")
    if spec.kind == "int":
        if number != int(number):
            raise CatalogError(f"{name} must be a whole number, got {value}; change it in deployment.toml")
        return str(int(number))
    return f"{number:.10f}".rstrip("0").rstrip(".")


def _prefix(identifier: str) -> str:
    first = identifier.split(".", 1)[0]
    return first if first in PROFILE_PREFIXES else ""


def _without_prefix(identifier: str) -> str:
    return identifier.split(".", 1)[1] if _prefix(identifier) else identifier


def _profile_ids(model: Model) -> str:
    return ", ".join(f"{prefix}.{model.inference_id}" for prefix in model.profiles) or "none"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((Path(__file__).parent / "models.json").read_text(encoding="utf-8"))
    return data


@cache
def _retired() -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in _data()["retired"]}


@cache
def _by_id() -> dict[str, Model]:
    models = [_model(entry) for entry in _data()["models"]]
    by_id = {model.inference_id: model for model in models}
    return by_id | {model.customization_id: model for model in models if model.customization_id}


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
