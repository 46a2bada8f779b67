"""A guardrail of Amazon Bedrock and the version of it that is served.

Callers name a version, not the draft that an update changes: they get the new policy when they name its version, and
the old version stays for those who still name it. Bedrock keeps 20 versions, so old ones are deleted by
Custom::BedrockGuardrailVersions, some changes later.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.arguments import KMS_KEY_ARN, check_kind, check_text, check_whole
from bedrock_constructs.custom_resources.provider import CustomResourceProvider

MAX_NAME = 50
POLICIES = tuple(
    f"{kind}_policy_config"
    for kind in ("automated_reasoning", "content", "contextual_grounding", "sensitive_information", "topic", "word")
)
KEPT_VERSIONS = 5  # the one that is served and those before it


class Guardrail(Construct):
    """`policies`: the arguments of CfnGuardrail, such as `topic_policy_config`, with the API's names in them.

    `profile` names a guardrail profile, and `profile_regions` the Regions to which it routes. `kms_key_arn`: who
    calls the guardrail needs kms:Decrypt, and who creates it kms:CreateGrant and more. `generation`: a new one
    is a new guardrail in place of one that was deleted by hand, which CloudFormation would not miss; its name is
    another one, so that either can follow the other.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        blocked_input: str = "I can't answer that.",
        blocked_output: str = "I can't answer that.",
        policies: Mapping[str, Any],
        description: str | None = None,
        profile: str | None = None,
        profile_regions: tuple[str, ...] = (),
        kms_key_arn: str | None = None,
        generation: int = 1,
    ) -> None:
        super().__init__(scope, construct_id)
        check_text("name", name, f"[0-9a-zA-Z_-]{{1,{MAX_NAME}}}", f"1 to {MAX_NAME} letters, digits, - and _")
        for argument, message in (("blocked_input", blocked_input), ("blocked_output", blocked_output)):
            check_text(argument, message, r"(?s).{1,500}", "a text of 1 to 500 characters")
        if kms_key_arn is not None:
            check_text("kms_key_arn", kms_key_arn, KMS_KEY_ARN, "the ARN of a KMS key, not of an alias")
        check_whole("generation", generation, 1)
        _check_policies(policies)
        again = str(generation) if generation > 1 else ""
        stack = cdk.Stack.of(self)
        cross_region = {"guardrailProfileArn": guardrail_profile_arn(stack, profile, stack.region)} if profile else None
        self._guardrail = bedrock.CfnGuardrail(
            self,
            f"Resource{again}",
            name=f"{name[: MAX_NAME - len(again) - 1]}_{again}" if again else name,
            description=description,
            blocked_input_messaging=blocked_input,
            blocked_outputs_messaging=blocked_output,
            cross_region_config=cross_region,
            kms_key_arn=kms_key_arn,
            **policies,
        )
        self.kms_key_arn = kms_key_arn
        content = [blocked_input, blocked_output, description, profile, policies]
        content += [kms_key_arn] if kms_key_arn else []  # versions of earlier releases keep their description
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
        version = bedrock.CfnGuardrailVersion(
            self,
            f"Version{again}",
            guardrail_identifier=self.guardrail_id,
            description=f"Policy {digest}",  # a new description is a new version
        )
        version.apply_removal_policy(RemovalPolicy.RETAIN)  # deleted with the guardrail, or by what follows
        self.version = version.attr_version
        profiles = [guardrail_profile_arn(stack, profile, region) for region in profile_regions] if profile else []
        self.apply_arns = [self._guardrail.attr_guardrail_arn, *profiles]
        self._delete_old_versions()

    @property
    def guardrail_id(self) -> str:
        return self._guardrail.attr_guardrail_id

    def grant_apply(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow `grantee` to apply it in Converse and ApplyGuardrail, with its key if it has one."""
        grant = iam.Grant.add_to_principal(
            grantee=grantee, actions=["bedrock:ApplyGuardrail"], resource_arns=self.apply_arns
        )
        if not self.kms_key_arn:
            return grant
        return grant.combine(
            iam.Grant.add_to_principal(grantee=grantee, actions=["kms:Decrypt"], resource_arns=[self.kms_key_arn])
        )

    def _delete_old_versions(self) -> None:
        CustomResourceProvider.of(self).custom_resource(
            Construct(self, "Versions"),
            resource_type="Custom::BedrockGuardrailVersions",
            properties={"GuardrailId": self.guardrail_id, "Version": self.version, "Keep": KEPT_VERSIONS},
            statements=[
                iam.PolicyStatement(
                    actions=["bedrock:ListGuardrails", "bedrock:DeleteGuardrail"],
                    resources=[self._guardrail.attr_guardrail_arn],
                )
            ],
        )


def _check_policies(policies: Mapping[str, Any]) -> None:
    check_kind("policies", policies, Mapping, "a dict of arguments of CfnGuardrail")
    if not policies or not set(policies) <= set(POLICIES):
        raise ValueError(
            f"policies must have some of {', '.join(POLICIES)}, got {', '.join(policies) or 'none'}; add one"
        )


def guardrail_profile_arn(stack: cdk.Stack, profile: str, region: str) -> str:
    return stack.format_arn(service="bedrock", region=region, resource="guardrail-profile", resource_name=profile)
