"""S3 in memory behind a real client: botocore checks each request, owners and rights are as AWS answers them."""

import hashlib
import io
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.response import StreamingBody

from tests.customization.aws import BUCKET, stubbed

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
PAGE = 2


@dataclass
class Buckets:
    """`objects` by (bucket, key); `owners` of the buckets that are not ACCOUNT's; `denied` is what may not be read."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    metadata: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client, stubber = stubbed("s3")
        stubber.deactivate()
        events = self.client.meta.events
        events.register("before-parameter-build.s3.*", self._remember)
        events.register("before-call.s3.*", self._answer)

    def put(self, uri: str, content: bytes) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.objects[bucket, key] = content

    def own(self, prefix: str) -> dict[str, bytes]:
        """What lies in the training bucket below the prefix."""
        return {
            key: content
            for (bucket, key), content in self.objects.items()
            if bucket == BUCKET and key.startswith(prefix)
        }

    def puts(self) -> list[str]:
        return [key for operation, key in self.calls if operation == "PutObject"]

    @staticmethod
    def _remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["api"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        asked = context["api"]
        place = (asked["Bucket"], asked.get("Key", asked.get("Prefix", "")))
        self.calls.append((model.name, place[1]))
        owner = self.owners.get(place[0], ACCOUNT)
        if asked.get("ExpectedBucketOwner", owner) != owner or f"s3://{place[0]}/{place[1]}" in self.denied:
            return _error(403, "AccessDenied", "Access Denied")
        answers = {"ListObjectsV2": self._list, "PutObject": self._put}
        if model.name in answers:
            return _ok(answers[model.name](asked))
        if place not in self.objects:
            return _error(404, "404" if model.name == "HeadObject" else "NoSuchKey", "Not Found")
        content = self.objects[place]
        found: dict[str, Any] = {"ContentLength": len(content), "Metadata": self.metadata.get(place, {})}
        if model.name == "GetObject":
            found["Body"] = StreamingBody(io.BytesIO(content), len(content))
        return _ok(found)

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        keys = sorted(
            key for bucket, key in self.objects if bucket == asked["Bucket"] and key.startswith(asked["Prefix"])
        )
        begin = int(asked.get("ContinuationToken", 0))
        if slash := asked.get("Delimiter"):
            keys = [key for key in keys if slash not in key.removeprefix(asked["Prefix"])]
        contents = {key: self.objects[asked["Bucket"], key] for key in keys[begin : begin + PAGE]}
        items = [
            {"Key": key, "Size": len(content), "ETag": f'"{hashlib.md5(content).hexdigest()}"'}
            for key, content in contents.items()
        ]
        more = {"NextContinuationToken": str(begin + PAGE)} if begin + PAGE < len(keys) else {}
        return {"Contents": items, "IsTruncated": bool(more), **more}

    def _put(self, asked: dict[str, Any]) -> dict[str, Any]:
        body = asked["Body"]
        place = asked["Bucket"], asked["Key"]
        self.objects[place] = body if isinstance(body, bytes) else body.read()
        self.metadata[place] = asked.get("Metadata", {})
        return {}


def _ok(answer: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    return SimpleNamespace(status_code=200), {"ResponseMetadata": {"HTTPStatusCode": 200}, **answer}


def _error(status: int, code: str, message: str) -> tuple[Any, dict[str, Any]]:
    parsed = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return SimpleNamespace(status_code=status), parsed
