"""The images and videos in a record, and where each of them is: a path, or a place in S3. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from training_data.media.formats import IMAGE, VIDEO


@dataclass(frozen=True)
class Reference:
    """`place` is a path or an S3 URI; `medium` is the record's own object, which `move_to` changes."""

    kind: str
    medium: dict[str, Any]
    place: str

    @property
    def said_format(self) -> object:
        return self.medium.get("format")

    def move_to(self, uri: str, media_format: str, owner: str = "") -> None:
        """From now on the record names this place, with the account that owns it, if that is known."""
        self.medium.setdefault("format", media_format)
        self.medium["source"] = {"s3Location": {"uri": uri, **({"bucketOwner": owner} if owner else {})}}


def references(record: Any) -> Iterator[Reference]:
    """Those of a record in Bedrock's conversation format; `source` is {"path"} or {"s3Location": {"uri"}}."""
    messages = record.get("messages") if isinstance(record, dict) else None
    for message in messages if isinstance(messages, list) else ():
        content = message.get("content") if isinstance(message, dict) else None
        for block in content if isinstance(content, list) else ():
            for kind in (IMAGE, VIDEO):
                medium = block.get(kind) if isinstance(block, dict) else None
                if isinstance(medium, dict) and (place := place_of(medium.get("source"))):
                    yield Reference(kind, medium, place)


def place_of(source: Any) -> str:
    """Empty for a source of another form, which the checks refuse."""
    if not isinstance(source, dict) or len(source) != 1:
        return ""
    location = source.get("s3Location")
    place = location.get("uri") if isinstance(location, dict) else source.get("path")
    return place if isinstance(place, str) else ""
