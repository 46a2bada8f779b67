"""The inference API over the aliases and the knowledge bases."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.guardrails import Guardrail
from bedrock_constructs.inference_api.api import AliasTarget, InferenceApi, ServedAlias, ServedKnowledgeBase
from deployment.alias_models import available_targets, embedding_model, has_one_model
from deployment.config import DeploymentConfig
from kit_contract.model_arns import plain_id
from kit_contract.parameters import knowledge_base_id
from kit_contract.run_names import bedrock_name
from kit_contract.stacks import (
    API_KEY_SECRET_OUTPUT,
    GENERATIONS_CONTEXT,
    USAGE_PLAN_OUTPUT,
    generations_from,
    guardrail_output,
    pascal,
)
from model_catalog import catalog
from model_catalog.guardrail_profiles import destinations
from stacks.fine_tuning import add_fine_tuning_api
from stacks.guardrail_policies import guardrail_policies
from stacks.parameter_value import parameter_value
from stacks.vector_stores import store_of


class InferenceApiStack(cdk.Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeploymentConfig,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        section = config.inference_api
        assert section
        guardrails = self._guardrails(config)
        api = InferenceApi(
            self,
            "InferenceApi",
            kit_deployment=config.deployment.name,
            aliases={
                name: ServedAlias(
                    base=self._target(config, alias.model),
                    order=_order(config, name),
                    embedding=embedding_model(config, alias.model),
                    one_model=has_one_model(config, name),
                    guardrail=alias.guardrail,
                    imported=any(item.alias == name for item in config.imported_models.values()),
                )
                for name, alias in section.aliases.items()
            },
            knowledge_bases=self._knowledge_bases(config),
            guardrails=guardrails,
            media_buckets=section.media_buckets,
            throttle_rate_per_second=section.rate_per_second,
            throttle_burst=section.burst,
            monthly_quota=section.requests_per_month,
            stage_rate_per_second=section.stage_rate,
            stage_burst=section.stage_burst,
            cors_origins=section.cors_origins,
            show_arns=section.show_arns,
            iam_callers=section.iam_callers if section.iam else None,
            fine_tuning=bool(section.fine_tuning_keys),
            model_keys=config.training.model_keys if config.training else (),
        )
        add_fine_tuning_api(self, config, api)
        cdk.CfnOutput(self, "ApiUrl", value=api.url)
        cdk.CfnOutput(self, "ApiId", value=api.rest_api.rest_api_id)
        cdk.CfnOutput(self, "ApiStage", value=api.rest_api.deployment_stage.stage_name)
        cdk.CfnOutput(self, API_KEY_SECRET_OUTPUT, value=api.api_key_secret.secret_arn)
        cdk.CfnOutput(self, USAGE_PLAN_OUTPUT, value=api.usage_plan.usage_plan_id)

    def _target(self, config: DeploymentConfig, model: str) -> AliasTarget:
        """A foundation model or system-defined profile by its id, anything else by its ARN."""
        model_id, own_id = config.model_id(model), plain_id(model)
        arns = catalog.invoke_arns(model_id, self.region, self.account, partition=self.partition) if model_id else []
        if own_id:
            return AliasTarget(model=own_id, invoke_arns=arns)
        # Of an application inference profile, the model in every Region that it routes to, but not the profile that it
        # was created from: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
        return AliasTarget(model=model, invoke_arns=[model, *(arn for arn in arns if ":foundation-model/" in arn)])

    def _guardrails(self, config: DeploymentConfig) -> dict[str, Guardrail]:
        """In this stack, so that CloudFormation changes the function first and deletes what it used afterwards."""
        generations = generations_from(self.node.try_get_context(GENERATIONS_CONTEXT))
        found = {
            name: Guardrail(
                self,
                f"Guardrail{pascal(name)}",
                name=bedrock_name(config.deployment.name, name),
                description=section.description,
                blocked_input=section.blocked_input,
                blocked_output=section.blocked_output,
                policies=guardrail_policies(section),
                profile=section.profile,
                profile_regions=tuple(destinations(section.profile, config.deployment.region))
                if section.profile
                else (),
                kms_key_arn=section.kms_key_arn,
                generation=generations.get(name, 1),
            )
            for name, section in config.guardrails.items()
        }
        for name, guardrail in found.items():
            served = f"{generations.get(name, 1)} {guardrail.guardrail_id} {guardrail.version}"
            cdk.CfnOutput(self, guardrail_output(name), value=served)
        return found

    def _rerank_model_arn(self, named: str | None) -> str | None:
        model_id = plain_id(named) if named else None
        return f"arn:{self.partition}:bedrock:{self.region}::foundation-model/{model_id}" if model_id else None

    def _knowledge_bases(self, config: DeploymentConfig) -> dict[str, ServedKnowledgeBase]:
        return {
            name: ServedKnowledgeBase(
                id=section.existing or self._knowledge_base_id(config, name),
                model=self._target(config, section.model),
                rerank_model_arn=self._rerank_model_arn(section.rerank_model),
                guardrail=section.guardrail,
                # Where an existing one keeps its vectors is not known here: Bedrock refuses what the store can't do.
                hybrid=bool(section.existing) or store_of(section).hybrid,
            )
            for name, section in config.all_knowledge_bases.items()
        }

    def _knowledge_base_id(self, config: DeploymentConfig, name: str) -> str:
        parameter = f"{config.knowledge_base_key(name)}KnowledgeBaseId"
        return parameter_value(self, parameter, knowledge_base_id(config.deployment.name, name))


def _order(config: DeploymentConfig, alias: str) -> list[str]:
    """An alias that only its foundation model can serve reads no parameters.

    The others keep the places that are empty now: to buy or release capacity must not change the API's function.
    """
    order = config.aliases[alias].order
    return ["base"] if available_targets(config, alias) == {"base"} else list(order)
