"""An application inference profile: what is called through it is billed under its tags.

https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-create.html
"""

import hashlib

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from constructs import Construct

from bedrock_constructs.arguments import check_text
from kit_contract.model_arns import APPLICATION_INFERENCE_PROFILE
from kit_contract.tags import ALIAS_TAG

NAME_CHARACTERS = 64


class InferenceProfile(Construct):
    """`copied_from`: the ARN of a foundation model or a system-defined profile. Another one is another profile, whose
    name differs, so that it is there before the old one goes; another `generation`, too.

    Exposes `id` and `arn`.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, copied_from: str, alias: str, generation: int = 1
    ) -> None:
        super().__init__(scope, construct_id)
        check_text(
            "name", name, r"([0-9a-zA-Z][ _-]?)+", "letters and digits, each followed by one space, - or _ at most"
        )
        check_text("copied_from", copied_from, "arn:.+", "the ARN of a foundation model or of a system-defined profile")
        number = str(generation) if generation > 1 else ""
        resource = bedrock.CfnApplicationInferenceProfile(
            self,
            f"Resource{number}",
            inference_profile_name=_name(name, f"{copied_from.rpartition('/')[2]} {number}"),
            description=f"Tells on the bill what the alias {alias} costs",
            model_source={"copyFrom": copied_from},
            tags=[cdk.CfnTag(key=ALIAS_TAG, value=alias)],
        )
        self.id = resource.attr_inference_profile_id
        # Not the attribute: policies tell by the kind in an ARN which rights it needs.
        self.arn = cdk.Stack.of(self).format_arn(
            service="bedrock", resource=APPLICATION_INFERENCE_PROFILE, resource_name=self.id
        )


def _name(name: str, content: str) -> str:
    """Letters, digits and single hyphens, as Bedrock takes them."""
    end = hashlib.sha256(content.encode()).hexdigest()[:8]
    return f"{name[: NAME_CHARACTERS - len(end) - 1].rstrip('-')}-{end}"
