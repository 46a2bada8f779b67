"""The vector indexes of S3 Vectors: stacks create them, knowledge bases keep their vectors in them."""

from typing import Any

from ministack.core.responses import AccountRegionScopedDict

indexes = AccountRegionScopedDict()  # ARN -> template properties


def vector_index(arn: str) -> dict[str, Any] | None:
    """The template properties of the index with this ARN, or None."""
    index: dict[str, Any] | None = indexes.get(arn)
    return index
