"""The models that deployment.toml names."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.evaluated_models import evaluated_models
from deployment.sections.training import Customization, CustomModel


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


def knowledge_base_models(config: DeploymentConfig) -> Iterator[tuple[str, str]]:
    """Each setting that names a model, with the id or ARN: an existing knowledge base has embedded already."""
    for where, item in config.knowledge_base_sections.items():
        if not item.existing:
            if item.store != "managed":  # AWS's own model
                yield f"{where}.embedding_model", item.embedding_model
            if item.parsing:
                yield f"{where}.parsing.model", item.parsing.model
        yield f"{where}.model", item.model
        if item.rerank_model:
            yield f"{where}.rerank_model", item.rerank_model
        if item.evaluation:
            yield f"{where}.evaluation.evaluator_model", item.evaluation.evaluator_model


def accessed_models(config: DeploymentConfig) -> list[str]:
    """The id of every foundation model and profile in the deployment, once, sorted: of an ARN, what answers for it."""
    models = {*(model for _, model in named_models(config)), *evaluated_models(config)}
    return sorted({found for model in models if (found := config.model_id(model))})
