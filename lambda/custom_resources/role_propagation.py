"""Custom::RolePropagation: waits until a role and its policies, which were just created or changed, are in effect.

  Create, Update  wait `Seconds` -> READY
  Delete          nothing -> GONE

IAM is eventually consistent, and Bedrock uses the role of a knowledge base at its creation: seconds after the role it
refuses with one of several messages, and CloudFormation rolls back. Terraform's provider repeats the call for two
minutes instead (internal/service/bedrockagent/knowledge_base.go in hashicorp/terraform-provider-aws).
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

from collections.abc import Callable, Mapping

from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot


class RolePropagationResource:
    name_property = ""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('RoleName')}-propagation"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        properties.texts("Resources")  # what the role may use: its change is what causes the Update
        self._sleep(properties.integer("Seconds", minimum=0))
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        """There is nothing to delete."""

    def describe(self, request: Request) -> Snapshot:
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)
