"""Capacity that is billed by the hour, and its rules: tokens, names, states, commitments, quotas, lists that lag."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloudformation_harness.refusals import Refusal

PREFIX = "arn:aws:bedrock:us-east-1:111122223333:"
NOVA = "amazon.nova-micro-v1:0:128k"
DAY = 86_400.0
COMMITMENT_DAYS = {"OneMonth": 30, "SixMonths": 183}
Given = Mapping[str, Any]


@dataclass
class Thing:
    """A provisioned throughput or a custom model deployment."""

    arn: str
    name: str
    model: str
    created: float
    tags: dict[str, str]
    units: int = 1
    commitment: str | None = None
    next_model: str = ""
    updated: float | None = None
    fails: bool = False
    deleted: float | None = None
    seen_from: float = 0.0


@dataclass
class Settings:
    """What a test may set: durations in seconds, the quota, and which new resources end as Failed."""

    creating: float = 600.0
    updating: float = 240.0
    lag: float = 0.0
    unit_quota: int = 10
    fail: Callable[[str], bool] = field(default=lambda name: False)


class Capacity:
    """Throughputs and deployments of one account."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.settings = Settings()
        self.throughputs: list[Thing] = []
        self.deployments: list[Thing] = []
        self.purchases = 0
        self._clock = clock
        self._tokens: dict[str, tuple[dict[str, Any], str]] = {}
        self._count = 0

    # What a test asks

    def billed(self) -> list[Thing]:
        """Capacity that is billed by the hour, or occupies a name."""
        return [item for item in (*self.throughputs, *self.deployments) if item.deleted is None]

    def plant(self, kind: str, name: str, *, tags: dict[str, str] | None = None) -> Thing:
        """Add a resource of somebody else, InService for an hour."""
        item = self._new(kind, name, f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {})
        item.created, item.tags, item.seen_from = self._clock() - 3600, tags or {}, 0.0
        (self.throughputs if kind == "provisioned-model" else self.deployments).append(item)
        return item

    def status(self, item: Thing) -> str:
        now = self._clock()
        if now < item.created + self.settings.creating:
            return "Creating"
        if item.fails:
            return "Failed"
        updating = item.updated is not None and now < item.updated + self.settings.updating
        return "Updating" if updating else "InService"

    # Rules

    def _new(self, kind: str, name: str, model: str, given: Given) -> Thing:
        self._count += 1
        tags = {tag["key"]: tag["value"] for tag in given.get("tags", [])}
        arn, now = f"{PREFIX}{kind}/{self._count:012d}", self._clock()
        seen_from = now + self.settings.lag
        return Thing(arn, name, model, now, tags, next_model=model, fails=self.settings.fail(name), seen_from=seen_from)

    def _swap(self, item: Thing, model: str) -> None:
        item.model, item.next_model, item.updated = item.next_model, model, self._clock()

    def _find(self, items: list[Thing], identifier: str) -> Thing:
        for item in items:
            if identifier in (item.arn, item.name) and self._visible(item):
                return item
        raise Refusal("ResourceNotFoundException", f"{identifier} is not there")

    def _visible(self, item: Thing) -> bool:
        gone = item.deleted is not None and self._clock() >= item.deleted + self.settings.lag
        return self._clock() >= item.seen_from and not gone

    def _refuse_taken(self, items: list[Thing], name: str) -> None:
        if any(item.name == name and item.deleted is None for item in items):
            raise Refusal("ValidationException", f"the name {name} is in use")

    def _same_token(self, given: Given) -> str:
        """What the same token made, whatever became of it since."""
        before, arn = self._tokens.get(given.get("clientRequestToken", ""), ({}, ""))
        if arn and before != dict(given):
            raise Refusal("ValidationException", "the token was used with other parameters")
        return arn

    def _remember(self, given: Given, arn: str) -> str:
        if "clientRequestToken" in given:
            self._tokens[given["clientRequestToken"]] = (copy.deepcopy(dict(given)), arn)
        return arn

    def _committed_until(self, item: Thing) -> float:
        return item.created + COMMITMENT_DAYS.get(item.commitment or "", 0) * DAY if item.commitment else 0.0
