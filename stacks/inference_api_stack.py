"""The inference API over the aliases and the knowledge base."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.inference_api.api import InferenceApi, ServedAgent, ServedAlias
from deployment.alias_models import available_targets, embedding_model, has_one_model
from deployment.config import DeploymentConfig
from kit_contract.model_arns import plain_id
from kit_contract.parameters import agent_confirmed_tool, agent_harness, knowledge_base_id
from kit_contract.stacks import API_KEY_SECRET_OUTPUT, USAGE_PLAN_OUTPUT, pascal
from stacks.fine_tuning import add_fine_tuning_api
from stacks.invoke_target import invoke_target
from stacks.parameter_value import parameter_value
from stacks.served_guardrails import served_guardrails


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
        api = InferenceApi(
            self,
            "InferenceApi",
            kit_deployment=config.deployment.name,
            aliases={
                name: ServedAlias(
                    base=invoke_target(self, config, alias.model),
                    order=_order(config, name),
                    embedding=embedding_model(config, alias.model),
                    one_model=has_one_model(config, name),
                    guardrail=alias.guardrail,
                    imported=any(item.alias == name for item in config.imported_models.values()),
                )
                for name, alias in section.aliases.items()
            },
            knowledge_bases=self._knowledge_bases(config),
            knowledge_base_model=invoke_target(self, config, config.knowledge_base.model)
            if config.knowledge_base
            else None,
            guardrails=served_guardrails(self, config, _applied(config)),
            knowledge_base_guardrails=_knowledge_base_guardrails(config),
            rerank_model_arn=self._rerank_model_arn(config),
            media_buckets=section.media_buckets,
            agents={name: self._agent(config, name) for name in config.agents},
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

    def _rerank_model_arn(self, config: DeploymentConfig) -> str | None:
        named = config.knowledge_base.rerank_model if config.knowledge_base else None
        model_id = plain_id(named) if named else None
        return f"arn:{self.partition}:bedrock:{self.region}::foundation-model/{model_id}" if model_id else None

    def _agent(self, config: DeploymentConfig, name: str) -> ServedAgent:
        deployment, own = config.deployment.name, f"Agent{pascal(name)}"
        return ServedAgent(
            parameter_value(self, f"{own}Harness", agent_harness(deployment, name)),
            {
                tool: parameter_value(self, f"{own}Tool{pascal(tool)}", agent_confirmed_tool(deployment, name, tool))
                for tool in config.agents[name].confirmed_tools
            },
        )

    def _knowledge_bases(self, config: DeploymentConfig) -> dict[str, str]:
        if config.knowledge_base is None:
            return {}
        name = config.knowledge_base.name
        return {name: parameter_value(self, "KnowledgeBaseId", knowledge_base_id(config.deployment.name, name))}


def _order(config: DeploymentConfig, alias: str) -> list[str]:
    """An alias that only its foundation model can serve reads no parameters.

    The others keep the places that are empty now: to buy or release capacity must not change the API's function.
    """
    order = config.aliases[alias].order
    return ["base"] if available_targets(config, alias) == {"base"} else list(order)


def _applied(config: DeploymentConfig) -> set[str]:
    """In this stack, so that CloudFormation changes the function first and deletes what it used afterwards."""
    return {name for where, name in config.applied_guardrails.items() if not where.startswith("agents.")}


def _knowledge_base_guardrails(config: DeploymentConfig) -> dict[str, str]:
    section = config.knowledge_base
    return {section.name: section.guardrail} if section and section.guardrail else {}
