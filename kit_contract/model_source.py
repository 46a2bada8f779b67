"""A model's files in S3, from the stack to the function that looks at them before they are imported."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NotRequired, TypedDict


def import_source(s3_uri: str) -> dict[str, object]:
    """ModelDataSource of CreateModelImportJob, as Step Functions spells it."""
    return {"S3DataSource": {"S3Uri": s3_uri}}


@dataclass(frozen=True, kw_only=True)
class ModelSource:
    """The files directly below `s3_uri`, in a bucket of the account `owner`, empty for the reader's own.

    `bucket` is the training bucket. `architectures`: class of config.json -> what the weights must be smaller than, in
    bytes. `without_converse`: classes that Bedrock imports and the kit cannot serve.
    """

    customization: str
    bucket: str
    s3_uri: str
    architectures: Mapping[str, int]
    without_converse: tuple[str, ...] = ()
    owner: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: item for name, item in asdict(self).items() if item}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ModelSource":
        known: dict[str, Any] = {item.name: value[item.name] for item in fields(cls) if item.name in value}
        known["without_converse"] = tuple(known.get("without_converse", ()))
        return cls(**known)


class ReadSource(TypedDict):
    """`key`: the object that names the files, and starts the run. `stored` is False if it was there already."""

    key: str
    files: int
    bytes: int
    stored: bool
    architecture: NotRequired[str]
