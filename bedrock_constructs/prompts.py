"""A prompt in Bedrock's prompt management and its current version.

A version never changes: another content is another resource, made before CloudFormation deletes the one before. Its
number goes up with each. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-deploy.html
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aws_cdk import aws_bedrock as bedrock
from constructs import Construct

from kit_contract.prompts import variables_in, version_of

VARIANT = "default"


class Prompt(Construct):
    """`text` has variables such as {{company}}. `inference`: temperature, topP, maxTokens, stopSequences.

    `generation`: a new one has a new prompt in place of what was deleted by hand, which CloudFormation would not miss.
    `arn` names the draft, `version_arn` the version, which `digest` stands for in its description.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        text: str,
        description: str | None = None,
        model: str | None = None,
        inference: Mapping[str, Any] = MappingProxyType({}),
        generation: int = 1,
    ) -> None:
        super().__init__(scope, construct_id)
        self.digest = version_of(
            {"text": text, "model": model, "inference": dict(inference), "description": description}
        )
        again = str(generation) if generation > 1 else ""
        prompt = bedrock.CfnPrompt(
            self,
            f"Prompt{again}",
            name=f"{name}-{again}" if again else name,  # what is left of the old one goes after this
            description=description,
            default_variant=VARIANT,
            variants=[_variant(text, model, inference)],
        )
        version = bedrock.CfnPromptVersion(
            self,
            f"Version{self.digest}{again and f'G{again}'}",
            prompt_arn=prompt.attr_arn,
            description=f"{self.digest} {description or ''}".strip(),
        )
        self.arn, self.version_arn = prompt.attr_arn, version.attr_arn


def _variant(text: str, model: str | None, inference: Mapping[str, Any]) -> bedrock.CfnPrompt.PromptVariantProperty:
    made = bedrock.CfnPrompt
    variables = [made.PromptInputVariableProperty(name=name) for name in variables_in(text)]
    settings = made.PromptModelInferenceConfigurationProperty(
        temperature=inference.get("temperature"),
        top_p=inference.get("topP"),
        max_tokens=inference.get("maxTokens"),
        stop_sequences=inference.get("stopSequences"),
    )
    return made.PromptVariantProperty(
        name=VARIANT,
        template_type="TEXT",
        template_configuration=made.PromptTemplateConfigurationProperty(
            text=made.TextPromptTemplateConfigurationProperty(text=text, input_variables=variables)
        ),
        model_id=model,
        inference_configuration=made.PromptInferenceConfigurationProperty(text=settings) if inference else None,
    )
