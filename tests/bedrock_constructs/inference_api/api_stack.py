"""The inference API in a stack of its own, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

from bedrock_constructs.inference_api.api import (
    AliasTarget,
    InferenceApi,
    ServedAgent,
    ServedAlias,
    ServedKnowledgeBase,
)

MODEL_ARN = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
PROFILE_ARN = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-2-lite-v1:0"
DESTINATION_ARN = "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-2-lite-v1:0"
CONTEXT = {"@aws-cdk/core:enablePartitionLiterals": True}  # as cdk.json


MICRO = AliasTarget(model="amazon.nova-micro-v1:0", invoke_arns=[MODEL_ARN])
PROFILE = AliasTarget(model="us.amazon.nova-2-lite-v1:0", invoke_arns=[PROFILE_ARN, DESTINATION_ARN])
ORDER = ("provisioned", "on-demand", "base")


def synthesize(
    *,
    knowledge_bases: dict[str, str],
    model: AliasTarget | None,
    rerank: str | None = None,
    managed: Container[str] = (),
    order: tuple[str, ...] = ORDER,
    media_buckets: tuple[str, ...] = (),
    assembly: Path | None = None,
    rate: float = 10,
    cors_origins: tuple[str, ...] = (),
    iam_callers: tuple[str, ...] | None = None,
    agents: dict[str, ServedAgent] | None = None,
    use: Callable[[InferenceApi], object] = lambda api: None,
) -> Template:
    """`managed`: which knowledge bases are. `use` gets the construct before the template is made."""
    app = cdk.App(context=CONTEXT, outdir=str(assembly) if assembly else None)
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    api = InferenceApi(
        stack,
        "InferenceApi",
        kit_deployment="support-assistant",
        aliases={
            "support-bot": ServedAlias(base=MICRO, order=order),
            "assistant": ServedAlias(base=PROFILE, order=order),
        },
        knowledge_bases={
            name: ServedKnowledgeBase(
                id=id_, model=model, rerank_model_arn=rerank, store="MANAGED" if name in managed else ""
            )
            for name, id_ in knowledge_bases.items()
            if model
        },
        throttle_rate_per_second=rate,
        media_buckets=media_buckets,
        throttle_burst=20,
        monthly_quota=100_000,
        stage_rate_per_second=100,
        stage_burst=200,
        cors_origins=cors_origins,
        iam_callers=iam_callers,
        agents=agents or {},
    )
    use(api)
    return Template.from_stack(stack)


def environment_of(template: Template) -> dict[str, Any]:
    """The environment of the function that answers requests."""
    functions = template.find_resources("AWS::Lambda::Function").values()
    variables = [item["Properties"]["Environment"]["Variables"] for item in functions]
    (environment,) = [item for item in variables if "KNOWLEDGE_BASES" in item]
    assert isinstance(environment, dict)
    return environment
