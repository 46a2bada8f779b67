"""Checks of model ids that several sections share: region, purpose, end of life."""

import datetime
from collections.abc import Callable, Iterator

from deployment.config import DeploymentConfig
from deployment.named_models import named_models
from kit_contract.embedding_models import EMBEDDING_MODELS
from model_catalog import catalog, lifecycle

KEEP_LEGACY = (
    "if your account lists it as ACTIVE: kit models refresh; to keep what you made of it before it became Legacy: "
    "allow_unlisted = true in [deployment]"
)
REFRESH = "if Bedrock offers it by now: kit models refresh, or allow_unlisted = true in [deployment]"


def model_faults(
    where: str,
    identifier: str,
    config: DeploymentConfig,
    today: datetime.date,
    require: Callable[[str, str], None],
) -> Iterator[str]:
    """At most one fault of the setting `where`. `require` takes id and region, and raises CatalogError.

    Of provisioned throughput, an imported model or a custom model deployment the model is unknown: no fault.
    """
    model = config.model_id(identifier)
    if model is None:
        return
    try:
        require(model, config.deployment.region)
        lifecycle.require_alive(model, today, config.deployment.region)
    except (catalog.UnlistedError, lifecycle.LegacyError) as error:
        if not config.deployment.allow_unlisted:
            yield f"{where}: {error}; {KEEP_LEGACY if isinstance(error, lifecycle.LegacyError) else REFRESH}"
    except catalog.CatalogError as error:
        yield f"{where}: {error}"


def require_answers(identifier: str, region: str) -> None:
    model = catalog.invocable(identifier, region)
    if model.converse is False or "text" not in model.output:
        raise catalog.CatalogError(
            f"{identifier} gives {', '.join(model.output)}, not answers through Converse; kit models --output text"
        )


def require_alias_model(identifier: str, region: str) -> None:
    """A model that answers, or an embedding model that the API has a request body for."""
    model = catalog.invocable(identifier, region)
    if "embedding" not in model.output:
        require_answers(identifier, region)
    elif model.inference_id not in EMBEDDING_MODELS:
        raise catalog.CatalogError(
            f"{identifier} is an embedding model that the API has no request for; "
            f"use one of {', '.join(EMBEDDING_MODELS)}"
        )


def model_warnings(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    """Models that can be deployed today but end soon, and models that the catalog does not list, one a line."""
    for where, identifier in named_models(config):
        model = config.model_id(identifier)
        if model is None:
            continue
        try:
            text = lifecycle.warning(model, today, config.deployment.region)
        except catalog.UnknownModelError:
            text = f"{model} is not in the model catalog; allow_unlisted accepts it without any check"
        if text:
            yield f"{where}: {text}"
