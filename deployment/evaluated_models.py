"""The foundation models that an evaluation asks: what serves before the first promotion, and the judge."""

from deployment.config import DeploymentConfig
from deployment.sections.training import CustomModel
from kit_contract.model_arns import plain_id
from model_catalog import catalog


def baseline_model(config: DeploymentConfig, item: CustomModel) -> str | None:
    """The setting, else the model of the alias, else the base model; None for an ARN whose model is unknown."""
    assert item.evaluation
    if item.evaluation.baseline_model:
        return item.evaluation.baseline_model
    if alias := config.aliases.get(item.alias):
        return plain_id(alias.model) or config.model_id(alias.model)
    try:
        return catalog.find(item.base_model).inference_id
    except catalog.CatalogError:
        return None


def evaluator_models(config: DeploymentConfig) -> list[str]:
    """The ids of the models that judge in evaluation jobs, once, sorted."""
    sections = [item.evaluation for item in config.custom_models.values() if item.evaluation]
    return sorted({section.bedrock_job.evaluator_model for section in sections if section.bedrock_job})


def evaluated_models(config: DeploymentConfig) -> list[str]:
    """The ids of all of them, once, sorted."""
    items = [item for item in config.custom_models.values() if item.evaluation]
    judges = [item.evaluation.judge_model for item in items if item.evaluation]
    return sorted({model for model in (*(baseline_model(config, item) for item in items), *judges) if model})
