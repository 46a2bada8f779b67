"""Access to the foundation models that the deployment names."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.model_access import ModelAccess
from deployment.config import DeploymentConfig
from deployment.named_models import accessed_models
from deployment.sections.model_access import UseCase
from kit_contract.stacks import (
    GENERATIONS_CONTEXT,
    MODEL_ACCESS_GENERATION,
    MODEL_ACCESS_GENERATION_OUTPUT,
    generations_from,
)

INTENDED_USERS = {"internal": "0", "external": "1", "both": "2"}


class ModelAccessStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        section = config.model_access
        assert section
        generations = generations_from(self.node.try_get_context(GENERATIONS_CONTEXT))
        generation = generations.get(MODEL_ACCESS_GENERATION, 1)
        ModelAccess(
            self,
            "ModelAccess",
            models=accessed_models(config),
            use_case=use_case_form(section.use_case) if section.use_case else None,
            revoke_on_delete=section.revoke_on_delete,
            generation=generation,
        )
        cdk.CfnOutput(self, MODEL_ACCESS_GENERATION_OUTPUT, value=str(generation))


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
