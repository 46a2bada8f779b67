"""Who owns a Bedrock resource: the tags that the kit puts on all it makes at run time."""

from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import error_code

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import TagTypeDef

DEPLOYMENT_TAG = "bedrock-kit:deployment"
ALIAS_TAG = "bedrock-kit:alias"
# <stack>/<logical id>: a resource that moves to another logical id must not be deleted by the old one's Delete.
RESOURCE_TAG = "bedrock-kit:resource"


def ownership(deployment: str, *, alias: str | None = None, resource: str | None = None) -> dict[str, str]:
    found = {DEPLOYMENT_TAG: deployment, ALIAS_TAG: alias, RESOURCE_TAG: resource}
    return {key: value for key, value in found.items() if value}


def tag_list(tags: dict[str, str]) -> "list[TagTypeDef]":
    return [{"key": key, "value": value} for key, value in tags.items()]


def carries(bedrock: "BedrockClient", arn: str, tags: dict[str, str]) -> bool:
    """Whether `arn` has all of `tags`: nothing else may be changed or deleted. What is gone has none."""
    try:
        found = bedrock.list_tags_for_resource(resourceARN=arn).get("tags", [])
    except Exception as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return False
    return tags.items() <= {tag["key"]: tag["value"] for tag in found}.items()
