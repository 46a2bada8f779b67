"""The prompts and their versions, for what names them by ARN: the API and the agents carry the texts themselves."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from bedrock_constructs.prompts import Prompt
from deployment.config import DeploymentConfig
from kit_contract.parameters import prompt_version
from kit_contract.run_names import bedrock_name
from kit_contract.stacks import GENERATIONS_CONTEXT, generations_from, pascal, prompt_generation, prompt_output


class PromptsStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        generations = generations_from(self.node.try_get_context(GENERATIONS_CONTEXT))
        for name, section in config.prompts.items():
            own = Construct(self, f"Prompt{pascal(name)}")
            generation = generations.get(prompt_generation(name), 1)
            prompt = Prompt(
                own,
                "Prompt",
                name=bedrock_name(config.deployment.name, name),
                text=section.content,
                description=section.description,
                model=section.model,
                inference=section.inference,
                generation=generation,
            )
            parameter = prompt_version(config.deployment.name, name)
            ssm.CfnParameter(own, "Version", name=parameter, type="String", value=prompt.version_arn)
            cdk.CfnOutput(self, prompt_output(name), value=f"{generation} {prompt.version_arn}")
