"""From [knowledge_base.evaluation] to the role of Bedrock's evaluation jobs and the output that names it."""

import aws_cdk as cdk

from bedrock_constructs.guardrails import guardrail_profile_arn
from bedrock_constructs.knowledge_base.evaluation_role import AppliedGuardrail, KnowledgeBaseEvaluationRole
from bedrock_constructs.knowledge_base.knowledge_base import KnowledgeBase
from deployment.config import DeploymentConfig
from deployment.sections.knowledge_base import KnowledgeBase as Section
from kit_contract.model_arns import plain_id
from kit_contract.rag_evaluation_jobs import EVALUATION_ROLE_OUTPUT
from model_catalog import catalog
from model_catalog.guardrail_profiles import destinations
from stacks.invoke_target import invoke_target


def add_evaluation_role(
    stack: cdk.Stack, config: DeploymentConfig, key: str, section: Section, knowledge_base: KnowledgeBase
) -> None:
    """`key` is a part of every name in the stack. Nothing without the section."""
    if section.evaluation is None:
        return
    judge = catalog.invoke_arns(
        section.evaluation.evaluator_model, stack.region, stack.account, partition=stack.partition
    )
    rerank = plain_id(section.rerank_model) if section.rerank_model else None
    role = KnowledgeBaseEvaluationRole(
        stack,
        f"Evaluation{key}",
        bucket=knowledge_base.documents_bucket,
        knowledge_base_arn=knowledge_base.knowledge_base_arn,
        model_arns={*judge, *invoke_target(stack, config, section.model).invoke_arns},
        rerank_model_arn=f"arn:{stack.partition}:bedrock:{stack.region}::foundation-model/{rerank}" if rerank else None,
        guardrail=_guardrail(stack, config, section.guardrail) if section.guardrail else None,
    )
    cdk.CfnOutput(stack, f"{key}{EVALUATION_ROLE_OUTPUT}", value=role.role.role_arn)


def _guardrail(stack: cdk.Stack, config: DeploymentConfig, name: str) -> AppliedGuardrail:
    """It is in a later stack, so its ARN is not known here."""
    section, region = config.guardrails[name], config.deployment.region
    profile = section.profile
    arns = [guardrail_profile_arn(stack, profile, place) for place in destinations(profile, region)] if profile else []
    return AppliedGuardrail(config.deployment.name, arns, section.kms_key_arn)
