"""ARNs of foundation models in policies."""

import re
from collections.abc import Iterable

from aws_cdk import Stack

CONTEXT_SUFFIX = re.compile(r":\d+k$")


def foundation_model_arns(stack: Stack, models: Iterable[str]) -> list[str]:
    """Each model with and without its context suffix (:128k), once, sorted.

    AWS does not document which of the two IAM evaluates for a customization.
    """
    names = {name for model in models for name in (model, CONTEXT_SUFFIX.sub("", model))}
    return [
        stack.format_arn(service="bedrock", account="", resource="foundation-model", resource_name=name)
        for name in sorted(names)
    ]
