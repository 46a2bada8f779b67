"""Custom::BedrockGuardrailVersions: deletes old versions of a guardrail, because Bedrock keeps 20 and refuses more.

  Create, Update  delete all versions but the `Keep` newest ones up to `Version` -> READY
  Delete          nothing -> GONE: the versions go with the guardrail
  Replacement     another guardrail

The newest ones stay: requests that began before the deploy still use the version of that time, and a rollback of the
stack returns to it. A version later than `Version` is one that a failed deploy or somebody by hand left.
https://docs.aws.amazon.com/general/latest/gr/bedrock.html (Versions per guardrail)
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

DRAFT = "DRAFT"


class GuardrailVersionsResource:
    name_property = ""

    def __init__(self, bedrock: "BedrockClient") -> None:
        self._bedrock = bedrock

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('GuardrailId')}-versions"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        guardrail = properties.text("GuardrailId")
        served = properties.integer("Version", minimum=1)
        older = sorted(version for version in self._versions(guardrail) if version < served)
        for version in older[: max(0, len(older) + 1 - properties.integer("Keep", minimum=1))]:
            self._delete(guardrail, version)
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        """The versions go with the guardrail."""

    def describe(self, request: Request) -> Snapshot:
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)

    def _versions(self, guardrail: str) -> Iterator[int]:
        pages = self._bedrock.get_paginator("list_guardrails").paginate(guardrailIdentifier=guardrail)
        for page in pages:
            yield from (int(item["version"]) for item in page["guardrails"] if item["version"] != DRAFT)

    def _delete(self, guardrail: str, version: int) -> None:
        try:
            self._bedrock.delete_guardrail(guardrailIdentifier=guardrail, guardrailVersion=str(version))
        except Exception as error:
            # Gone already, or associated with something of another owner: one more version is no reason to fail.
            if error_code(error) not in ("ResourceNotFoundException", "ConflictException"):
                raise
