"""Models of SageMaker AI: the custom model of a run that is being created. There is no job beside it."""

from typing import TYPE_CHECKING

from customization.existing_model import find_model
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient


def under_way(run: Run, bedrock: "BedrockClient") -> str:
    """The ARN that the workflow's states follow, or an empty text."""
    model = find_model(run, bedrock)
    return model.arn if model and model.status == "Creating" else ""
