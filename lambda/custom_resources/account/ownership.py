"""The tags that say who owns a Bedrock resource: the kit puts them on everything it creates at run time."""

from typing import TYPE_CHECKING

from kit_contract.aws_errors import says_absent
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG, RESOURCE_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import TagTypeDef


def ownership(kit_deployment: str, *, alias: str | None = None, resource: str | None = None) -> dict[str, str]:
    tags = {DEPLOYMENT_TAG: kit_deployment, ALIAS_TAG: alias, RESOURCE_TAG: resource}
    return {key: value for key, value in tags.items() if value}


def tag_list(tags: dict[str, str]) -> "list[TagTypeDef]":
    return [{"key": key, "value": value} for key, value in tags.items()]


def carries(bedrock: "BedrockClient", arn: str, tags: dict[str, str]) -> bool:
    """Whether `arn` has all of `tags`: the kit changes and deletes nothing else. An absent resource has no tags."""
    try:
        found = bedrock.list_tags_for_resource(resourceARN=arn).get("tags", [])
    except Exception as error:
        if not says_absent(error):
            raise
        return False
    return tags.items() <= {tag["key"]: tag["value"] for tag in found}.items()
