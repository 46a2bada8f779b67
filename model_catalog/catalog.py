"""Looks up models: where you can invoke, customize and provision them, and with which hyperparameters.

You invoke an inference id (amazon.nova-micro-v1:0, with a profile prefix such as us. where the region needs one) and
train a customization id (amazon.nova-micro-v1:0:128k). Bedrock accepts neither in place of the other.
"""

import difflib
import re
from collections.abc import Callable, Mapping

from kit_contract.errors import InputError
from model_catalog.data_files import by_id, models, retired
from model_catalog.model import Customization, Hyperparameter, Model, Retired, Route

PROFILE_PREFIXES = ("us", "eu", "apac", "au", "ca", "in", "jp", "us-gov", "global")
CONTEXT_SUFFIX = re.compile(r":\d+[km]$")
LIST_COMMAND = "list them with: kit models"


class CatalogError(InputError):
    """When Bedrock does not offer the model for this purpose, or no longer."""


class UnlistedError(CatalogError):
    """When the catalog does not list the id, region or profile. Bedrock may offer it since the catalog was compiled."""


class UnknownModelError(UnlistedError):
    """When no model has this id."""


def find(identifier: str) -> Model:
    """The model with this inference, profile or customization id.

    Raises CatalogError with the replacement of a retired model, UnknownModelError with similar ids.
    """
    models = by_id()
    model = models.get(identifier) or models.get(without_prefix(identifier))
    if model:
        return model
    ended = retired().get(CONTEXT_SUFFIX.sub("", without_prefix(identifier)))
    if ended:
        raise CatalogError(f"{identifier} {_ending(ended)}")
    near = difflib.get_close_matches(without_prefix(identifier), models, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else LIST_COMMAND
    raise UnknownModelError(f"{identifier!r} is not in the model catalog; {hint}")


def customizable(identifier: str, region: str, method: str = "FINE_TUNING") -> Customization:
    """How to customize this base model in `region`. Raises CatalogError with the regions or models that can."""
    model = find(identifier)
    customization = model.customizations.get(method)
    if customization is None:
        able = _customizable_by(method)
        fix = f"use one of {', '.join(able)}" if able else f"no base model takes {method} today; use FINE_TUNING"
        raise CatalogError(f"{model.name} ({identifier}) cannot be customized by {method}; {fix}")
    if customization.endpoint != "bedrock":
        raise CatalogError(
            f"{model.name} ({identifier}) is trained through OpenAI's API at {customization.endpoint} only, which this "
            f"kit does not call; use one of {', '.join(_customizable_by(method))}"
        )
    if identifier != model.customization_id:
        raise CatalogError(f"base model must be the customization id {model.customization_id}, got {identifier}")
    if region not in customization.regions:
        regions = ", ".join(customization.regions)
        others = ", ".join(name for name in _customizable_by(method) if region in _regions(name, method))
        fix = f"change the region{f' or the base model (there: {others})' if others else ''}"
        raise CatalogError(f"{identifier} can be customized in {regions}, got region {region}; {fix}")
    return customization


def check_hyperparameters(
    identifier: str, values: Mapping[str, int | float | str], method: str = "FINE_TUNING"
) -> dict[str, str]:
    """The values and known defaults, as strings for CreateModelCustomizationJob.

    Raises CatalogError with all faults, one per line.
    """
    customization = find(identifier).customizations.get(method)
    if customization is None:
        raise CatalogError(f"{identifier} cannot be customized; use one of {', '.join(_customizable_by(method))}")
    known = customization.hyperparameters
    allowed = ", ".join(sorted(known)) or "none"
    faults = [
        f"{name} is not a hyperparameter of {identifier}; allowed: {allowed}; remove it"
        for name in sorted(set(values) - set(known))
    ]
    checked = {}
    for name, spec in known.items():
        value = values.get(name, spec.default)
        if value is None:
            continue
        try:
            checked[name] = _checked(name, value, spec, identifier)
        except CatalogError as error:
            faults.append(str(error))
    if faults:
        raise CatalogError("\n".join(faults))
    return checked


def typed_hyperparameters(identifier: str, values: Mapping[str, str], method: str) -> dict[str, int | float | str]:
    """The strings of check_hyperparameters as numbers where they are, for methods whose request is typed."""
    kinds: dict[str, Callable[[str], int | float | str]] = {"int": int, "float": float, "choice": str}
    known = find(identifier).customizations[method].hyperparameters
    return {name: kinds[known[name].kind](value) for name, value in values.items()}


def invocable(inference_id: str, region: str) -> Model:
    """The model, if you can invoke this id in `region`. Raises CatalogError, also where you need a profile."""
    model = find(inference_id)
    if without_prefix(inference_id) != model.inference_id:
        raise CatalogError(f"{inference_id} is for training or provisioned throughput; invoke {model.inference_id}")
    if model.mantle_only:
        raise CatalogError(
            f"{inference_id} is offered at the bedrock-mantle endpoint only, which this kit does not call"
        )
    if prefix(inference_id):
        _route(inference_id, model, region)
    elif region not in model.on_demand_regions:
        raise UnlistedError(_needs_profile(model, region))
    return model


def provisionable(identifier: str, region: str) -> Model:
    """The model, if you can buy provisioned throughput of this foundation model id in `region`. Raises CatalogError."""
    model = find(identifier)
    if not model.provisioned:
        raise CatalogError(f"{identifier} is not offered as provisioned throughput; kit models --serve provisioned")
    if identifier not in model.provisioned:
        raise CatalogError(f"{identifier} is invoked on demand; provisioned throughput takes {_offers(model)}")
    if region not in model.provisioned[identifier]:
        raise UnlistedError(
            f"{identifier} is not offered as provisioned throughput in {region}; choose {_offers(model)}"
        )
    return model


def invoke_arns(inference_id: str, region: str, account: str, *, partition: str) -> list[str]:
    """The ARNs that a policy must allow to invoke this id: of a profile, also the model in each destination region.

    A global profile needs the model in every region and without a region. So does a profile that the catalog does not
    list, as its destinations are unknown.
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    model_id = without_prefix(inference_id)
    model = f"foundation-model/{model_id}"
    if not prefix(inference_id):
        return [f"arn:{partition}:bedrock:{region}::{model}"]
    try:
        destinations = _route(inference_id, find(inference_id), region).destinations
    except UnlistedError:
        destinations = ("*",)
    places = ("*", "") if "*" in destinations else destinations
    profile = f"arn:{partition}:bedrock:{region}:{account}:inference-profile/{inference_id}"
    return [profile, *(f"arn:{partition}:bedrock:{place}::{model}" for place in places)]


def prefix(identifier: str) -> str:
    """The prefix of an inference profile id (us, eu, global, ...), or an empty string."""
    first = identifier.split(".", 1)[0]
    return first if first in PROFILE_PREFIXES else ""


def without_prefix(identifier: str) -> str:
    return identifier.split(".", 1)[1] if prefix(identifier) else identifier


def _ending(entry: Retired) -> str:
    ended = f"reached end of life on {entry.end_of_life}" if entry.end_of_life else "is no longer offered by Bedrock"
    return f"{ended}; use {entry.replacement}" if entry.replacement else f"{ended}; choose another model"


def _customizable_by(method: str) -> list[str]:
    """Customization ids that Bedrock still starts new jobs on."""
    return sorted(
        identifier
        for identifier, model in by_id().items()
        if identifier == model.customization_id and method in model.customizations
        if model.lifecycle.status != "LEGACY"
    )


def _regions(customization_id: str, method: str) -> tuple[str, ...]:
    return find(customization_id).customizations[method].regions


def _checked(name: str, value: int | float | str, spec: Hyperparameter, identifier: str) -> str:
    if spec.kind == "choice":
        if value not in spec.choices:
            raise CatalogError(f"{name} must be one of {', '.join(spec.choices)} for {identifier}, got {value}")
        return str(value)
    allowed = f"must be {spec.min:g} to {spec.max:g} for {identifier}, got {value}; change it"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise CatalogError(f"{name} {allowed}") from None
    if not spec.min <= number <= spec.max:
        raise CatalogError(f"{name} {allowed}")
    if spec.kind == "float":
        return f"{number:.10f}".rstrip("0").rstrip(".")
    if number != int(number):
        raise CatalogError(f"{name} must be a whole number, got {value}; change it")
    return str(int(number))


def _needs_profile(model: Model, region: str) -> str:
    ended = retired().get(model.inference_id)
    if ended and region in ended.regions:
        return f"{model.inference_id} {_ending(ended)}"
    here = [name for name, routes in model.profiles.items() if any(region in route.sources for route in routes)]
    fix = f"use a profile: {_profile_ids(model, here)}" if here else f"it is offered in {', '.join(model.regions)}"
    places = ", ".join(model.on_demand_regions) or "no region"
    return f"{model.inference_id} cannot be invoked by its model id in {region} (allowed in {places}); {fix}"


def _route(profile_id: str, model: Model, region: str) -> Route:
    routes = model.profiles.get(prefix(profile_id))
    if routes is None or without_prefix(profile_id) != model.inference_id:
        known = _profile_ids(model, list(model.profiles))
        raise UnlistedError(f"{profile_id} is not a known profile; profiles of {model.name}: {known}")
    for route in routes:
        if region in route.sources:
            return route
    offered = ", ".join(sorted(source for route in routes for source in route.sources))
    raise UnlistedError(f"{profile_id} is offered in {offered}, got region {region}; change one of them")


def _profile_ids(model: Model, prefixes: list[str]) -> str:
    return ", ".join(f"{name}.{model.inference_id}" for name in prefixes) or "none"


def _offers(model: Model) -> str:
    return ", ".join(f"{id_} ({', '.join(regions)})" for id_, regions in model.provisioned.items())


def regions() -> list[str]:
    """The Regions where Bedrock has a model that can be invoked, alone or by a profile."""
    alone = {region for model in models() for region in model.on_demand_regions}
    routes = (route for model in models() for by_prefix in model.profiles.values() for route in by_prefix)
    return sorted(alone.union(*(route.sources for route in routes)))
