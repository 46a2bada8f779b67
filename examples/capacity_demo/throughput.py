"""Reads the state of the demo's provisioned throughput from the embedded AWS; changes nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kit.capacity.controller import CapacityFunction
from kit.capacity.controller import Clients as CapacityClients
from kit.local.stacks import Clients
from kit_contract.errors import ExternalError
from kit_contract.parameters import alias_capacity


@dataclass(frozen=True)
class DemoThroughput:
    """`name` is the name in Bedrock."""

    clients: Clients
    kit_deployment: str
    name: str
    alias: str

    def find(self) -> dict[str, Any] | None:
        """The answer of GetProvisionedModelThroughput, or None if it does not exist."""
        bedrock = self.clients("bedrock")
        try:
            found = bedrock.get_provisioned_model_throughput(provisionedModelId=self.name)
        except bedrock.exceptions.ResourceNotFoundException:
            return None
        return {key: value for key, value in found.items() if key != "ResponseMetadata"}

    def require(self) -> dict[str, Any]:
        """Raises ExternalError if it does not exist."""
        found = self.find()
        if found is None:
            raise ExternalError(f"provisioned throughput {self.name} does not exist")
        return found

    def report(self) -> list[dict[str, Any]]:
        """What `kit capacity` shows."""
        clients = CapacityClients(self.clients("cloudformation"), self.clients("lambda"), self.clients("sts"))
        return CapacityFunction(clients, self.kit_deployment).ask({"action": "status"})

    def all_left(self) -> list[str]:
        """Names of all provisioned throughput in the account and region."""
        pages = self.clients("bedrock").get_paginator("list_provisioned_model_throughputs").paginate()
        return [item["provisionedModelName"] for page in pages for item in page["provisionedModelSummaries"]]

    def model_name(self, model_arn: str) -> str:
        return str(self.clients("bedrock").get_custom_model(modelIdentifier=model_arn)["modelName"])

    def release_progress(self, closing: datetime) -> str:
        """Changes every 15 s, so that a log without a terminal shows progress too."""
        left = (closing - datetime.now(UTC)).total_seconds()
        seconds = int(abs(left)) // 15 * 15
        if left > 0:
            return f"ends in {seconds + 15} s or less"
        name = alias_capacity(self.kit_deployment, self.alias)
        published = self.clients("ssm").get_parameters(Names=[name])["Parameters"]
        state = "the release starts" if published else "draining before deletion"
        return f"ended {seconds} s ago; {state}"
