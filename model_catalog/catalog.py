"""Lookups in models.json: which model, where, how it is customized and served.

Two kinds of id: an inference id (amazon.nova-micro-v1:0, with a profile prefix such as us. where the region needs one)
is invoked, a customization id (amazon.nova-micro-v1:0:128k) is trained. Neither works in the other's place.
"""

import difflib
import re
from collections.abc import Mapping

from model_catalog.entries import Customization, Hyperparameter, Model, Retired, by_id, retired

PROFILE_PREFIXES = ("us", "eu", "apac", "au", "ca", "jp", "us-gov", "global")
CONTEXT_SUFFIX = re.compile(r":\d+k$")


class CatalogError(Exception):
    """When Bedrock offers the model, but not for this purpose or not in this region."""


class UnknownModelError(CatalogError):
    """When no model has this id, or it has reached its end of life."""


def find(identifier: str) -> Model:
    """The model with this inference, profile or customization id. Raises UnknownModelError with near matches."""
    models = by_id()
    model = models.get(identifier) or models.get(_without_prefix(identifier))
    if model:
        return model
    ended = retired().get(CONTEXT_SUFFIX.sub("", _without_prefix(identifier)))
    if ended:
        raise UnknownModelError(f"{identifier} {_ending(ended)}")
    near = difflib.get_close_matches(_without_prefix(identifier), models, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"known models: {', '.join(sorted(models))}"
    raise UnknownModelError(f"{identifier!r} is not in the model catalog; {hint}")


def customizable(identifier: str, region: str, method: str = "FINE_TUNING") -> Customization:
    """How to customize this base model in `region`. Raises CatalogError naming the regions or models that can."""
    model = find(identifier)
    customization = model.customization
    if customization is None or method not in customization.methods:
        able = _customizable_by(method)
        fix = f"use one of {', '.join(able)}" if able else f"no base model takes {method} today; use FINE_TUNING"
        raise CatalogError(f"{model.name} ({identifier}) cannot be customized with this kit by {method}; {fix}")
    if identifier != model.customization_id:
        raise CatalogError(f"base model must be the customization id {model.customization_id}, got {identifier}")
    if region not in customization.regions:
        regions = ", ".join(customization.regions)
        others = ", ".join(name for name in _customizable_by(method) if region in _regions(name))
        fix = f"change the region{f' or the base model (there: {others})' if others else ''}"
        raise CatalogError(f"{identifier} can be customized in {regions}, got region {region}; {fix}")
    return customization


def check_hyperparameters(identifier: str, values: Mapping[str, int | float | str]) -> dict[str, str]:
    """The values as the strings that CreateModelCustomizationJob takes, defaults added.

    Raises CatalogError with every fault, one a line.
    """
    customization = find(identifier).customization
    if customization is None:
        raise CatalogError(
            f"{identifier} cannot be customized; use one of {', '.join(_customizable_by('FINE_TUNING'))}"
        )
    known = customization.hyperparameters
    faults = [
        f"{name} is not a hyperparameter of {identifier}; allowed: {', '.join(sorted(known))}; remove it"
        for name in sorted(set(values) - set(known))
    ]
    checked = {}
    for name, spec in known.items():
        try:
            checked[name] = _checked(name, values.get(name, spec.default), spec, identifier)
        except CatalogError as error:
            faults.append(str(error))
    if faults:
        raise CatalogError("\n".join(faults))
    return checked


def invocable(inference_id: str, region: str) -> Model:
    """The model, if this id can be invoked from `region`. Raises CatalogError where a profile is needed."""
    model = find(inference_id)
    if inference_id == model.customization_id:
        raise CatalogError(f"{inference_id} is for training only; invoke {model.inference_id}")
    if _prefix(inference_id):
        destinations = _destinations(inference_id, model)
        if "*" not in destinations and region not in destinations:
            offered = ", ".join(destinations)
            raise CatalogError(f"{inference_id} is offered in {offered}, got region {region}; change one of them")
        return model
    if region not in model.on_demand_regions:
        raise CatalogError(
            f"{inference_id} cannot be invoked by its own id in {region} "
            f"(it can in {', '.join(model.on_demand_regions) or 'no region'}); use a profile: {_profile_ids(model)}"
        )
    return model


def invoke_arns(inference_id: str, region: str, account: str) -> list[str]:
    """Every ARN a policy must allow to invoke this id: a profile needs itself and each destination's model.

    A global profile needs every region's model and the one without a region.
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    model = find(inference_id)
    if not _prefix(inference_id):
        return [_model_arn(region, model)]
    destinations = _destinations(inference_id, model)
    places = ("*", "") if "*" in destinations else destinations
    profile = f"arn:aws:bedrock:{region}:{account}:inference-profile/{inference_id}"
    return [profile, *(_model_arn(place, model) for place in places)]


def _ending(entry: Retired) -> str:
    ended = f"reached end of life on {entry.end_of_life}" if entry.end_of_life else "is no longer offered by Bedrock"
    return f"{ended}; use {entry.replacement}" if entry.replacement else f"{ended}; choose another model"


def _customizable_by(method: str) -> list[str]:
    return sorted(
        identifier
        for identifier, model in by_id().items()
        if identifier == model.customization_id and model.customization and method in model.customization.methods
    )


def _regions(customization_id: str) -> tuple[str, ...]:
    customization = find(customization_id).customization
    return customization.regions if customization else ()


def _checked(name: str, value: int | float | str, spec: Hyperparameter, identifier: str) -> str:
    allowed = f"must be {spec.min:g} to {spec.max:g} for {identifier}, got {value}; change it in deployment.toml"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise CatalogError(f"{name} {allowed}") from None
    if not spec.min <= number <= spec.max:
        raise CatalogError(f"{name} {allowed}")
    if spec.kind == "float":
        return f"{number:.10f}".rstrip("0").rstrip(".")
    if number != int(number):
        raise CatalogError(f"{name} must be a whole number, got {value}; change it in deployment.toml")
    return str(int(number))


def _prefix(identifier: str) -> str:
    first = identifier.split(".", 1)[0]
    return first if first in PROFILE_PREFIXES else ""


def _without_prefix(identifier: str) -> str:
    return identifier.split(".", 1)[1] if _prefix(identifier) else identifier


def _destinations(profile_id: str, model: Model) -> tuple[str, ...]:
    destinations = model.profiles.get(_prefix(profile_id))
    if destinations is None or _without_prefix(profile_id) != model.inference_id:
        raise CatalogError(f"{profile_id} is not a known profile; profiles of {model.name}: {_profile_ids(model)}")
    return destinations


def _profile_ids(model: Model) -> str:
    return ", ".join(f"{prefix}.{model.inference_id}" for prefix in model.profiles) or "none"


def _model_arn(region: str, model: Model) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{model.inference_id}"
