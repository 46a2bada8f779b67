"""What the sources say about one model: whose value counts, and what the others say instead.

The listing counts before what people entered, with one exception. AWS publishes an end of life only when a model enters
Legacy, in the model's card. The API's listing may still call such a model ACTIVE, so of its status the newest source
counts. https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from model_catalog.model import Claim, Lifecycle, Source

DATES = ("start", "legacy", "extended_access", "end_of_life")
NO_VALUES = ("customizations",)  # entered, but not as one value with one source


class Statements:
    """`listed` is the model's entry of api_listing.json, `entered` that of documented_facts.json."""

    def __init__(
        self, listed: Mapping[str, Any], entered: Mapping[str, Any], sources: Mapping[str, Source], listing: Source
    ) -> None:
        self._listed = {**listed, **(listed.get("lifecycle") or {})}
        self._entered = {name: fact for name, fact in entered.items() if name not in NO_VALUES}
        self._sources = sources
        self._listing = listing

    def value(self, name: str) -> Any:
        if self._is_listed(name):
            return self._listed[name]
        return self._entered[name]["value"] if name in self._entered else None

    def lifecycle(self) -> Lifecycle:
        status = "LEGACY" if self._ending() else self._listed.get("status")
        return Lifecycle(status, *(self.value(name) for name in DATES))

    def sources(self) -> dict[str, Source]:
        """Who entered the values that count and are not the listing's."""
        found = {
            name: self._sources[fact["source"]] for name, fact in self._entered.items() if not self._is_listed(name)
        }
        return found | ({"status": ending} if (ending := self._ending()) else {})

    def disputed(self) -> dict[str, tuple[Claim, ...]]:
        found = {name: tuple(self._others(name)) for name in self._entered}
        if self._ending() and self._listed.get("status") == "ACTIVE":
            found["status"] = (Claim("ACTIVE", self._listing),)
        return {name: claims for name, claims in found.items() if claims}

    def _is_listed(self, name: str) -> bool:
        return self._listed.get(name) not in (None, {}) and not (name == "status" and self._ending())

    def _ending(self) -> Source | None:
        """The source that calls the model Legacy, or dates its end, after it was listed as anything else."""
        names = [
            name for name in ("status", "end_of_life") if name in self._entered and name not in self._listed_dates()
        ]
        said = [self._sources[self._entered[name]["source"]] for name in names]
        newest = max((source.date for source in said), default="")
        if self._listed.get("status") == "LEGACY" or (self._listed and newest <= self._listing.date):
            return None
        return said[0] if said else None

    def _listed_dates(self) -> Mapping[str, Any]:
        return self._listed.get("lifecycle") or {}

    def _others(self, name: str) -> Iterator[Claim]:
        fact, counts = self._entered[name], self.value(name)
        for said in (fact, *fact.get("also", ())):
            if name != "status" and _plain(said["value"]) != _plain(counts):
                yield Claim(said["value"], self._sources[said["source"]])


def listed_lifecycle(entry: Mapping[str, Any]) -> Lifecycle:
    """Of an entry of api_listing.json."""
    dates = entry.get("lifecycle") or {}
    return Lifecycle(entry.get("status"), *(dates.get(name) for name in DATES))


def _plain(value: Any) -> Any:
    """Modalities are spelled and sorted in more than one way."""
    return {str(item).lower() for item in value} if isinstance(value, list) else value
