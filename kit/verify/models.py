"""The models of deployment.toml as the Region offers them, compared with the catalog."""

from collections.abc import Iterator
from typing import Any

from deployment.named_models import named_models
from kit.verify.check import Finding, false, holds, unknown
from kit.verify.place import Place
from kit_contract.aws_errors import code_of
from model_catalog.catalog import CONTEXT_SUFFIX, CatalogError, find, prefix, without_prefix
from model_catalog.model import Lifecycle

ANTHROPIC = "anthropic."
FORM = "the use-case form of Anthropic"


def invoked(place: Place) -> list[str]:
    """Ids of the models and profiles that are called. What other ARNs stand for is the account's own."""
    config = place.config
    given = {alias.model for alias in config.aliases.values()} | {config.agent_model(name) for name in config.agents}
    for section in config.all_knowledge_bases.values():
        given |= {section.model} if section.existing else {section.model, section.embedding_model}
    return sorted({found for model in given if (found := config.model_id(model))})


def trained(place: Place) -> list[tuple[str, str]]:
    """Base models and methods."""
    return sorted({(item.base_model, item.method) for item in place.config.customizations.values()})


def bought(place: Place) -> list[str]:
    """Ids for provisioned throughput: of a customization, those of its base model."""
    config = place.config
    bases = {name: item.base_model for name, item in config.customizations.items()}
    given = {item.model or bases.get(item.customization or "") for item in config.provisioned_throughput.values()}
    return sorted(model for model in given if model)


def used(place: Place) -> list[str]:
    """All of them, without the prefixes of profiles."""
    others = {found for _, model in named_models(place.config) if (found := place.config.model_id(model))}
    known = {*invoked(place), *others}
    return sorted({*map(without_prefix, known), *(base for base, _ in trained(place)), *bought(place)})


def offered(place: Place) -> Iterator[Finding]:
    for model in invoked(place):
        yield _profile(place, model) if prefix(model) else _typed(place, model, "ON_DEMAND")
    for model in bought(place):
        yield _typed(place, model, "PROVISIONED")


def _profile(place: Place, model: str) -> Finding:
    found = place.profiles.get(model)
    if found is None:
        return false(model, f"ListInferenceProfiles of {place.region} does not list it; correct the id or the Region")
    if found["status"] != "ACTIVE":
        return false(model, f"its status is {found['status']}")
    return holds(model, "inference profile")


def _typed(place: Place, model: str, wanted: str) -> Finding:
    found = place.models.get(model)
    if found is None:
        return false(model, f"ListFoundationModels of {place.region} does not list it; correct the id or the Region")
    types = found.get("inferenceTypesSupported", [])
    if wanted not in types:
        listed = ", ".join(types) or "nothing"
        return false(model, f"offered there: {listed}, not {wanted}; use another id or a profile (kit models show)")
    return holds(model, wanted)


def customizable(place: Place) -> Iterator[Finding]:
    for model, method in trained(place):
        found = place.models.get(model)
        methods = found.get("customizationsSupported", []) if found else []
        if found is None:
            yield false(model, f"ListFoundationModels of {place.region} does not list it for this account")
        elif method not in methods:
            yield false(model, f"this account may use {', '.join(methods) or 'no method'} there, not {method}")
        else:
            yield holds(model, method)


def lifecycle(place: Place) -> Iterator[Finding]:
    for model in used(place):
        found = place.models.get(model)
        if found is None:
            yield unknown(model, f"ListFoundationModels of {place.region} does not list it")
            continue
        try:
            known = find(model).lifecycle_in(place.region)
        except CatalogError as error:
            yield unknown(model, str(error))
            continue
        yield _compared(model, found.get("modelLifecycle", {}), known)


def _compared(model: str, aws: dict[str, Any], catalog: Lifecycle) -> Finding:
    """A date that one of them does not have says nothing."""
    said, known = [aws.get("status", "unknown")], [catalog.status or "unknown"]
    if aws.get("endOfLifeTime") and catalog.end_of_life:
        said.append(str(aws["endOfLifeTime"])[:10])
        known.append(catalog.end_of_life)
    if said == known:
        return holds(model, " until ".join(said))
    return false(model, f"AWS says {' until '.join(said)}, the catalog {' until '.join(known)}: kit models refresh")


def access(place: Place) -> Iterator[Finding]:
    models = sorted({CONTEXT_SUFFIX.sub("", model) for model in used(place)})
    for model in models:
        yield _access(place, model)
    if any(model.startswith(ANTHROPIC) for model in models):
        yield _form(place)


def _access(place: Place, model: str) -> Finding:
    try:
        found = place.client("bedrock").get_foundation_model_availability(modelId=model)
    except Exception as error:
        if code_of(error) == "ValidationException":
            return holds(model, "it needs no agreement")
        if code_of(error) == "ResourceNotFoundException":
            return false(model, f"it is not a foundation model in {place.region}")
        raise
    agreement = found["agreementAvailability"]
    said = {
        "region": found["regionAvailability"],
        "authorization": found["authorizationStatus"],
        "agreement": agreement["status"],
        "entitlement": found["entitlementAvailability"],
    }
    words = ", ".join(f"{name} {value}" for name, value in said.items())
    if set(said.values()) <= {"AVAILABLE", "AUTHORIZED"}:
        return holds(model, words)
    if agreement["status"] == "PENDING":
        return unknown(model, f"{words}; ask again in some minutes")
    if said["region"] == "AVAILABLE" and said["authorization"] == "AUTHORIZED" and place.config.model_access:
        return unknown(model, f"{words}; the deploy of [model_access] accepts the agreement")
    return false(model, f"{words}; {agreement.get('errorMessage', 'see docs/custom-resources.md')}")


def _form(place: Place) -> Finding:
    try:
        place.client("bedrock").get_use_case_for_model_access()
    except Exception as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        section = place.config.model_access
        if section and section.use_case:
            return unknown(FORM, "not sent yet; the deploy of [model_access.use_case] sends it")
        return false(FORM, "not sent yet; add [model_access.use_case] to deployment.toml")
    return holds(FORM, "was sent before")
