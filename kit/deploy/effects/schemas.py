"""Which properties of a type are create-only, from the schemas that cfn-lint has of CloudFormation's types."""

from collections.abc import Callable
from functools import cache


def create_only_in(region: str) -> Callable[[str], list[tuple[str, ...]]]:
    """A type without a schema, such as a custom resource, has none."""
    from cfnlint.schema import ResourceNotFoundError
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    @cache
    def create_only(resource_type: str) -> list[tuple[str, ...]]:
        try:
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema
        except ResourceNotFoundError:
            return []
        found = [*schema.get("createOnlyProperties", ()), *schema.get("conditionalCreateOnlyProperties", ())]
        return [tuple(part for part in path.removeprefix("/properties/").split("/") if part != "*") for path in found]

    return create_only
