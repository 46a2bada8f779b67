"""A dataset that is collected at the deploy: objects in S3, and images and videos that records name.

The stack sends a DatasetCollection to the collector, which writes one file in the base model's format to the training
bucket. Synth reads nothing from the network.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from kit_contract.dataset_limits import DatasetLimits

# Prefixes of the training bucket, one folder per customization below each. No upload to them starts a run.
SOURCES = "sources/"  # local files on their way to the collector
MEDIA = "media/"
# Stands for the training bucket in files that synth writes, which does not know its name. No bucket begins with a dot.
BUCKET_PLACEHOLDER = ".training-bucket"
# Metadata of a training set: the key of its validation set.
VALIDATION_KEY = "validation-key"


def media_prefix(customization: str) -> str:
    return f"{MEDIA}{customization}/"


def sources_prefix(customization: str) -> str:
    return f"{SOURCES}{customization}/"


def media_key(customization: str, sha256: str, media_format: str) -> str:
    """By content: the same image is stored once, whatever it is called."""
    return f"{media_prefix(customization)}{sha256[:32]}.{media_format}"


def bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


@dataclass(frozen=True, kw_only=True)
class DatasetCollection:
    """`dataset`, `validation_dataset` and `media` are s3://bucket/key or, for all below it, s3://bucket/prefix/.

    `owner` is the account of these buckets, empty for the collector's own. `reading` holds the fields of a Target
    (training_data/conversion) that are not the default.
    """

    customization: str
    bucket: str
    base_model: str
    method: str
    limits: DatasetLimits
    dataset: tuple[str, ...]
    validation_dataset: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    owner: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def to_json(self) -> dict[str, Any]:
        value: dict[str, Any] = {name: item for name, item in asdict(self).items() if item}
        return {**value, "limits": self.limits.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "DatasetCollection":
        known: dict[str, Any] = {item.name: value[item.name] for item in fields(cls) if item.name in value}
        for name in ("dataset", "validation_dataset", "media"):
            known[name] = tuple(known.get(name, ()))
        known["limits"] = DatasetLimits.from_json(value["limits"])
        return cls(**known)
