"""Checks of model ids that several sections share: region, purpose, end of life."""

import datetime
from collections.abc import Callable, Iterator

from deployment.config import DeploymentConfig
from deployment.knowledge_bases import knowledge_base_models
from deployment.sections.training import Customization, CustomModel
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


def named_models(config: DeploymentConfig) -> Iterator[tuple[str, str]]:
    """Each setting that names a model, with the id or ARN."""
    for name, throughput in config.provisioned_throughput.items():
        if throughput.model is not None:
            yield f"provisioned_throughput.{name}.model", throughput.model
    yield from knowledge_base_models(config)
    for name, alias in config.aliases.items():
        yield f"inference_api.aliases.{name}.model", alias.model
    for name in config.agents:
        yield f"agents.{name}.model", config.agent_model(name)
    for name, customization in config.custom_models.items():
        yield from _of_custom_model(config.section_of(name), customization)


def _of_custom_model(where: str, item: CustomModel) -> Iterator[tuple[str, str]]:
    if item.base_model:  # an imported model has none
        yield f"{where}.base_model", item.base_model
    if isinstance(item, Customization) and item.distillation:
        yield f"{where}.distillation.teacher_model", item.distillation.teacher_model
    if isinstance(item, Customization) and item.reinforcement:
        yield from ((f"{where}.reinforcement.judge_models", judge) for judge in item.reinforcement.judge_models)
    if item.evaluation and item.evaluation.judge_model:
        yield f"{where}.evaluation.judge_model", item.evaluation.judge_model
    if item.evaluation and item.evaluation.bedrock_job:
        yield f"{where}.evaluation.bedrock_job.evaluator_model", item.evaluation.bedrock_job.evaluator_model
