"""The types of the catalog: Model and its parts. None means unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kit_contract.dataset_limits import DatasetLimits


@dataclass(frozen=True)
class Source:
    """Where a value comes from, and from when."""

    text: str
    date: str


@dataclass(frozen=True)
class Claim:
    """What another source says of a value."""

    value: Any
    source: Source


@dataclass(frozen=True)
class Hyperparameter:
    """`kind` is "int", "float" or "choice". Bounds are inclusive. Without a default, Bedrock sets one."""

    kind: str
    min: float = 0
    max: float = 0
    default: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Customization:
    """How a base model is customized by one method. Record counts are training plus validation records.

    `max_tokens` bounds one record, `max_bytes` a file; `max_validation_records` is 0 where no validation set is taken;
    `teachers` are the models a distillation may learn from; `media` holds the limits of images and videos, or None
    where records are text only. `endpoint` is where jobs are created: "bedrock", or "bedrock-mantle" with OpenAI's API.
    """

    method: str
    regions: tuple[str, ...]
    record_format: str
    min_records: int
    max_records: int
    max_validation_records: int | None
    max_tokens: int | None
    media: Mapping[str, Any] | None
    teachers: tuple[str, ...]
    hyperparameters: Mapping[str, Hyperparameter]
    source: Source
    max_bytes: int | None = None
    endpoint: str = "bedrock"

    @property
    def limits(self) -> DatasetLimits:
        """What a check of a dataset needs, also where there is no catalog."""
        media = self.media or {}
        return DatasetLimits(
            record_format=self.record_format,
            min_records=self.min_records,
            max_records=self.max_records,
            max_validation_records=self.max_validation_records,
            max_tokens=self.max_tokens,
            max_bytes=self.max_bytes,
            image_formats=tuple(media.get("image_formats", ())),
            video_formats=tuple(media.get("video_formats", ())),
        )


@dataclass(frozen=True)
class Serving:
    """How a custom model of this base can be served."""

    on_demand: bool
    provisioned: bool


@dataclass(frozen=True)
class Route:
    """A profile invoked in one of the regions `sources` routes to any of `destinations` ("*": every region)."""

    sources: tuple[str, ...]
    destinations: tuple[str, ...]


@dataclass(frozen=True)
class Lifecycle:
    """`status` is "ACTIVE" or "LEGACY", whatever the day; dates are YYYY-MM-DD.

    https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
    """

    status: str | None
    start: str | None
    legacy: str | None
    extended_access: str | None
    end_of_life: str | None


@dataclass(frozen=True)
class Model:
    """One model, identified by its inference id.

    `on_demand_regions` are the regions where you can invoke the inference id itself. `profiles` maps a prefix to its
    routes. `provisioned` maps the ids for provisioned throughput to their regions. `mantle_regions` are those of the
    bedrock-mantle endpoint. `dimensions` are the lengths of the vectors that an embedding model can give. `access` is
    "none", "agreement" or "agreement-and-form". `regional` has the lifecycle of regions that differ from the others.
    `sources` maps the name of a value to its source; all others come from the listing. `disputed` maps it to what other
    sources say instead.
    """

    inference_id: str
    name: str
    provider: str
    input: tuple[str, ...]
    output: tuple[str, ...]
    lifecycle: Lifecycle
    listing: Source
    streaming: bool | None = None
    on_demand_regions: tuple[str, ...] = ()
    profiles: Mapping[str, tuple[Route, ...]] = field(default_factory=dict)
    provisioned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mantle_regions: tuple[str, ...] = ()
    mantle_apis: tuple[str, ...] = ()
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    dimensions: tuple[int, ...] = ()
    converse: bool | None = None
    tools: bool | None = None
    documents: bool | None = None
    system_prompts: bool | None = None
    prompt_caching: bool | None = None
    access: str | None = None
    customization_id: str | None = None
    customizations: Mapping[str, Customization] = field(default_factory=dict)
    serving: Serving = Serving(on_demand=False, provisioned=False)
    replacement: str | None = None
    note: str | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    disputed: Mapping[str, tuple[Claim, ...]] = field(default_factory=dict)
    regional: Mapping[str, Lifecycle] = field(default_factory=dict)

    def lifecycle_in(self, region: str | None) -> Lifecycle:
        """That of `region` where it has one of its own, else the model's."""
        return self.regional.get(region or "", self.lifecycle)

    @property
    def customization(self) -> Customization | None:
        """How to fine-tune the model, or None."""
        return self.customizations.get("FINE_TUNING")

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions where you can invoke the model: by its id, through a profile or at the mantle endpoint."""
        through_profiles = (region for routes in self.profiles.values() for route in routes for region in route.sources)
        return tuple(sorted({*self.on_demand_regions, *through_profiles, *self.mantle_regions}))

    @property
    def mantle_only(self) -> bool:
        return bool(self.mantle_regions) and not self.on_demand_regions and not self.profiles


@dataclass(frozen=True)
class Retired:
    """A model that Bedrock no longer serves, in `regions` only if given. An unknown date is None."""

    id: str
    end_of_life: str | None
    replacement: str | None
    source: str
    date: str
    regions: tuple[str, ...] = ()
