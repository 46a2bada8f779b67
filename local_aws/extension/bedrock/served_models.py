"""What serves a model under a name of its own: custom model deployments and provisioned throughputs.

Creating -> ready -> updating to another model -> ready. Until an update has ended, the previous model answers.
"""

import re
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock

from local_aws.extension.bedrock.client_tokens import forget
from local_aws.extension.bedrock.clock import elapsed, moment
from local_aws.extension.bedrock.responses import BedrockError, arn, identifier, iso, tag_map

UPDATING = 1.0
DELETING = 1.0
LONGEST_NAME = 63
NAME = re.compile(r"([0-9a-zA-Z][_-]?)+")
Item = dict[str, Any]


class ServedModels:
    """The resources of one kind, in each account and region; an item has `arn`, `name`, `model` and its times."""

    def __init__(self, what: str, arn_type: str, creating: float) -> None:
        self._what = what
        self._arn_type = arn_type
        self._creating = creating
        self._items = AccountRegionScopedDict()

    def add(self, name: str, model: str, tags: list[dict[str, str]] | None, **more: Any) -> str:
        """The ARN of the new item, which serves `model` as soon as it is created."""
        new = arn(f"{self._arn_type}/{identifier()}")
        times = {"created": time.time(), "updated": None}
        self._items[new] = {"arn": new, "name": name, "model": model, "next": model, **times, **more}
        bedrock._tags[new] = tag_map(tags)
        return new

    def remove(self, item: Item) -> None:
        self._items.pop(item["arn"])
        bedrock._tags.pop(item["arn"], None)
        forget(item["arn"])

    def remove_later(self, item: Item) -> None:
        """It has its name until it is gone."""
        item["deleted"] = time.time()

    def all(self) -> list[Item]:
        for item in list(self._items.values()):
            if self.is_deleting(item) and elapsed(item["deleted"]) > DELETING:
                self.remove(item)
        return list(self._items.values())

    def find(self, identifier_: str) -> Item:
        """The item with this ARN or name. Raises BedrockError."""
        for item in self.all():
            if identifier_ in (item["arn"], item["name"]):
                return item
        raise BedrockError("ResourceNotFoundException", f"{self._what} {identifier_} not found")

    def exists(self, resource_arn: str) -> bool:
        return any(item["arn"] == resource_arn for item in self.all())

    def names_serving(self, model_arn: str) -> list[str]:
        """The names of the items that serve this custom model, or will after their update."""
        return [item["name"] for item in self.all() if model_arn in (item["next"], self.serving(item))]

    def check_name(self, member: str, name: str) -> None:
        """Raise BedrockError unless an item can have this name."""
        if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
            raise BedrockError("ValidationException", f"{member} must match {NAME.pattern}, got {name}")
        if any(item["name"] == name for item in self.all()):
            raise BedrockError("ValidationException", f"{self._what} {name} already exists")

    def swap(self, item: Item, model: str) -> None:
        """Begin the update to `model`."""
        item["model"], item["next"], item["updated"] = self.serving(item), model, time.time()

    def serving(self, item: Item) -> str:
        """The model that answers now."""
        model: str = item["model"] if self.is_updating(item) else item["next"]
        return model

    def is_creating(self, item: Item) -> bool:
        return elapsed(item["created"]) <= self._creating

    def is_updating(self, item: Item) -> bool:
        return item["updated"] is not None and elapsed(item["updated"]) <= UPDATING

    @staticmethod
    def is_deleting(item: Item) -> bool:
        return "deleted" in item

    def changed(self, item: Item) -> str:
        """When the creation or the update ended, now while it goes on."""
        ended = moment(item["updated"], UPDATING) if item["updated"] else moment(item["created"], self._creating)
        return iso(min(ended, time.time()))
