"""The provisioned throughput's resource on a fake AWS, and what CloudFormation asks of it."""

from collections.abc import Mapping
from typing import Any

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.resource import ProvisionedThroughputResource
from tests.custom_resources.aws import event
from tests.provisioned_throughput_controller.aws import PROPERTIES, FakeAws
from tests.provisioned_throughput_controller.bedrock import MODEL

OWNER = "sup-training/Thing"
TAGS = {"bedrock-kit:deployment": "sup", "bedrock-kit:alias": "bot", "bedrock-kit:resource": OWNER}


class Stack:
    """The resource, and what CloudFormation asks of it."""

    def __init__(self) -> None:
        self.aws = FakeAws()
        clients = Clients(*(self.aws.client(service) for service in ("bedrock", "ssm", "service-quotas")))
        self.resource = ProvisionedThroughputResource(clients, lambda: self.aws.now)

    def promoted(self, model: str = MODEL) -> "Stack":
        self.aws.deploy(model=model)  # keeps the promoted model only
        self.aws.undeploy()
        del self.aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"]
        return self

    def there(self, **more: Any) -> dict[str, Any]:
        return self.aws.plant(**{"tags": TAGS, **more})

    def resource_of(self, item: dict[str, Any]) -> Any:
        return self.aws.client("bedrock").get_provisioned_model_throughput(provisionedModelId=item["arn"])

    def create(self, **more: str) -> Phase:
        self.resource.create(request("Create", **more))
        return self.look("Create", **more)

    def look(self, kind: str, **more: str) -> Phase:
        return self.resource.describe(request(kind, **more)).phase

    def delete(self) -> Phase:
        """Delete and look every 10 s, for at most 5 minutes."""
        asked = request("Delete")
        self.resource.delete(asked)
        for _ in range(30):
            if self.resource.describe(asked).phase is Phase.GONE:
                return Phase.GONE
            self.aws.sleep(10)
            self.resource.delete(asked)
        return Phase.IN_PROGRESS


def request(kind: str, **more: str) -> Request:
    return request_after(None, kind, **more)


def request_after(old: Mapping[str, Any] | None, kind: str, **more: str) -> Request:
    """`old`: the properties that an Update changes."""
    merged = {**PROPERTIES, **more}
    if "ModelIdentifier" in more:
        merged.pop("Customization")
    before = {"OldResourceProperties": dict(old)} if old else {}
    return Request.from_event(event(kind, merged, **before))
