"""The inference API over the aliases and the knowledge bases."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.inference_api.api import InferenceApi, ServedAgent, ServedAlias, ServedKnowledgeBase
from deployment.alias_models import available_targets, embedding_model, has_one_model
from deployment.config import DeploymentConfig
from deployment.costs.alias_prices import alias_prices
from kit_contract.inference_api import Prompt
from kit_contract.model_arns import plain_id
from kit_contract.parameters import agent_confirmed_tool, agent_harness, inference_api_log, knowledge_base_id
from kit_contract.stacks import API_KEY_SECRET_OUTPUT, USAGE_PLAN_OUTPUT, pascal
from kit_contract.vector_stores import UNKNOWN
from stacks.cost_profiles import cost_profiles
from stacks.fine_tuning import add_fine_tuning_api
from stacks.invoke_target import invoke_target
from stacks.parameter_value import parameter_value, publish
from stacks.served_guardrails import served_guardrails
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
        profiles = cost_profiles(self, config)
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
                    prompt=_prompt(config, alias.prompt),
                    imported=any(item.alias == name for item in config.imported_models.values()),
                    prices=alias_prices(config, name),
                    profile_arn=profiles.get(name),
                )
                for name, alias in section.aliases.items()
            },
            knowledge_bases=self._knowledge_bases(config),
            guardrails=served_guardrails(self, config, _applied(config)),
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
        if config.operations:
            log_group = api.function.log_group.log_group_name
            publish(self, "RequestLog", inference_api_log(config.deployment.name), log_group)
        cdk.CfnOutput(self, "ApiUrl", value=api.url)
        cdk.CfnOutput(self, "ApiId", value=api.rest_api.rest_api_id)
        cdk.CfnOutput(self, "ApiStage", value=api.rest_api.deployment_stage.stage_name)
        cdk.CfnOutput(self, API_KEY_SECRET_OUTPUT, value=api.api_key_secret.secret_arn)
        cdk.CfnOutput(self, USAGE_PLAN_OUTPUT, value=api.usage_plan.usage_plan_id)

    def _rerank_model_arn(self, named: str | None) -> str | None:
        model_id = plain_id(named) if named else None
        return f"arn:{self.partition}:bedrock:{self.region}::foundation-model/{model_id}" if model_id else None

    def _knowledge_bases(self, config: DeploymentConfig) -> dict[str, ServedKnowledgeBase]:
        return {
            name: ServedKnowledgeBase(
                id=section.existing or self._knowledge_base_id(config, name),
                model=invoke_target(self, config, section.model),
                rerank_model_arn=self._rerank_model_arn(section.rerank_model),
                guardrail=section.guardrail,
                # Where an existing one keeps its vectors is not known here.
                store=UNKNOWN if section.existing and section.store != "managed" else store_of(section).type,
                prompt=section.prompt.template if section.prompt else None,
                parameter=None if section.existing else knowledge_base_id(config.deployment.name, name),
            )
            for name, section in config.all_knowledge_bases.items()
        }

    def _knowledge_base_id(self, config: DeploymentConfig, name: str) -> str:
        parameter = f"{config.knowledge_base_key(name)}KnowledgeBaseId"
        return parameter_value(self, parameter, knowledge_base_id(config.deployment.name, name))

    def _agent(self, config: DeploymentConfig, name: str) -> ServedAgent:
        deployment, own = config.deployment.name, f"Agent{pascal(name)}"
        return ServedAgent(
            parameter_value(self, f"{own}Harness", agent_harness(deployment, name)),
            {
                tool: parameter_value(self, f"{own}Tool{pascal(tool)}", agent_confirmed_tool(deployment, name, tool))
                for tool in config.agents[name].confirmed_tools
            },
        )


def _prompt(config: DeploymentConfig, name: str | None) -> Prompt | None:
    """With its text: a request waits for no call of GetPrompt."""
    if name is None:
        return None
    section = config.prompts[name]
    return Prompt(name, section.version, section.content, section.variables)


def _order(config: DeploymentConfig, alias: str) -> list[str]:
    """An alias that only its foundation model can serve reads no parameters.

    The others keep the places that are empty now: to buy or release capacity must not change the API's function.
    """
    order = config.aliases[alias].order
    return ["base"] if available_targets(config, alias) == {"base"} else list(order)


def _applied(config: DeploymentConfig) -> set[str]:
    """The guardrails that the API applies; agents apply theirs themselves."""
    named = [alias.guardrail for alias in config.aliases.values()]
    named += [section.guardrail for section in config.all_knowledge_bases.values()]
    return {name for name in named if name}
