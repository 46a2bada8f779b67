"""Access to the foundation models that the deployment names."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.model_access import ModelAccess
from deployment.config import DeploymentConfig
from deployment.evaluated_models import evaluated_models
from deployment.named_models import named_models
from deployment.sections.model_access import UseCase

INTENDED_USERS = {"internal": "0", "external": "1", "both": "2"}


class ModelAccessStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        section = config.model_access
        assert section
        ModelAccess(
            self,
            "ModelAccess",
            models=accessed_models(config),
            use_case=use_case_form(section.use_case) if section.use_case else None,
            revoke_on_delete=section.revoke_on_delete,
        )


def accessed_models(config: DeploymentConfig) -> list[str]:
    """The id of every foundation model and profile in the deployment, once, sorted: of an ARN, what answers for it."""
    models = {*(model for _, model in named_models(config)), *evaluated_models(config)}
    return sorted({found for model in models if (found := config.model_id(model))})


def use_case_form(section: UseCase) -> dict[str, str]:
    """The form's JSON as PutUseCaseForModelAccess takes it."""
    return {
        "companyName": section.company_name,
        "companyWebsite": section.company_website,
        "intendedUsers": INTENDED_USERS[section.intended_users],
        "industryOption": section.industry,
        "otherIndustryOption": section.other_industry,
        "useCases": section.use_cases,
    }
