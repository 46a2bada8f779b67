"""ARNs of models in policies."""

import re
from collections.abc import Iterable

import aws_cdk as cdk
from constructs import Construct

from model_catalog import catalog

CONTEXT_SUFFIX = re.compile(r":\d+k$")


def invoke_arns(scope: Construct, model: str) -> list[str]:
    """What a policy must allow to invoke a model.

    `model`: the id of a foundation model or of an inference profile (`us.` ...), or the ARN of any model.

    Raises CatalogError for a model that Bedrock no longer offers. One that the catalog doesn't list for the stack's
    region is a warning: Bedrock may offer it by now.
    """
    stack = cdk.Stack.of(scope)
    if model.startswith("arn:") or cdk.Token.is_unresolved(model):
        return [model]
    if not cdk.Token.is_unresolved(stack.region):
        try:
            catalog.invocable(model, stack.region)
        except catalog.UnlistedError as error:
            cdk.Annotations.of(scope).add_warning_v2("bedrock-kit:unlisted-model", str(error))
    return catalog.invoke_arns(model, stack.region, stack.account, partition=stack.partition)


def foundation_model_arns(stack: cdk.Stack, models: Iterable[str]) -> list[str]:
    """Each model with and without its context suffix (:128k), once, sorted.

    AWS does not document which of the two IAM evaluates for a customization.
    """
    names = {name for model in models for name in (model, CONTEXT_SUFFIX.sub("", model))}
    return [
        stack.format_arn(service="bedrock", account="", resource="foundation-model", resource_name=name)
        for name in sorted(names)
    ]
