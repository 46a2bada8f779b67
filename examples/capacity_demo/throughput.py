"""What the embedded AWS says of the demo's throughput: only looked at here, never changed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kit.capacity.controller import CapacityFunction
from kit.capacity.controller import Clients as CapacityClients
from kit.local.stacks import Clients


class DemoError(Exception):
    """When the demo did not show what it is there to show."""


@dataclass(frozen=True)
class DemoThroughput:
    """`name` is that in Bedrock."""

    clients: Clients
    deployment: str
    name: str
    alias: str

    def find(self) -> dict[str, Any] | None:
        """As GetProvisionedModelThroughput has it; None where there is none."""
        bedrock = self.clients("bedrock")
        try:
            found = bedrock.get_provisioned_model_throughput(provisionedModelId=self.name)
        except bedrock.exceptions.ResourceNotFoundException:
            return None
        return {key: value for key, value in found.items() if key != "ResponseMetadata"}

    def require(self) -> dict[str, Any]:
        """Raises DemoError."""
        found = self.find()
        if found is None:
            raise DemoError(f"there is no provisioned throughput {self.name}")
        return found

    def report(self) -> list[dict[str, Any]]:
        """What `kit capacity` shows."""
        clients = CapacityClients(self.clients("cloudformation"), self.clients("lambda"), self.clients("sts"))
        return CapacityFunction(clients, self.deployment).ask({"action": "status"})

    def all_left(self) -> list[str]:
        """The names of all throughputs of the account and region."""
        pages = self.clients("bedrock").get_paginator("list_provisioned_model_throughputs").paginate()
        return [item["provisionedModelName"] for page in pages for item in page["provisionedModelSummaries"]]

    def model_name(self, model_arn: str) -> str:
        return str(self.clients("bedrock").get_custom_model(modelIdentifier=model_arn)["modelName"])

    def way_to_release(self, closing: datetime) -> str:
        if datetime.now(UTC) < closing:
            return "open"
        name = f"/bedrock-kit/{self.deployment}/aliases/{self.alias}/capacity"
        published = self.clients("ssm").get_parameters(Names=[name])["Parameters"]
        return "closed; the schedule wakes the function" if published else "callers sent elsewhere; deleted 50 s later"
