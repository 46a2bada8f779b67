"""The models that [model_access] gives the account access to: all that the file names, and those of its evaluations."""

from deployment.config import DeploymentConfig
from deployment.evaluated_models import evaluated_models
from deployment.named_models import named_models


def accessed_models(config: DeploymentConfig) -> list[str]:
    """The id of every foundation model and profile in the deployment, once, sorted: of an ARN, what answers for it."""
    models = {*(model for _, model in named_models(config)), *evaluated_models(config)}
    return sorted({found for model in models if (found := config.model_id(model))})
