"""/v1/files: training and validation files, one object each below files/ of the training bucket.

https://platform.openai.com/docs/api-reference/files
"""

import json
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from fine_tuning_api import objects, pages
from fine_tuning_api.multipart import Part, parts_of
from fine_tuning_api.service import Call, Reply, Service
from inference_api.errors import ApiError
from inference_api.fields import invalid
from kit_contract.fine_tuning import FILES, MAX_FILE_BYTES

PURPOSE = "fine-tune"
PREFIX = "/v1/files/"
MAX_NAME = 200
MAX_QUOTED_NAME = 900  # a key has 1,024 bytes at most
MAX_LISTED = 10_000
MAX_ANSWER_BYTES = 6_000_000  # of a function's answer: 6 MB
LARGER = (
    'name larger files in deployment.toml (dataset = ["s3://bucket/key"]), or upload JSON lines to '
    "data/<customization>/ of the training bucket, which starts a run"
)


class StoredFile(NamedTuple):
    id: str
    name: str
    key: str
    size: int
    created: datetime

    def view(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": self.size,
            "created_at": int(self.created.timestamp()),
            "filename": self.name,
            "purpose": PURPOSE,
            "status": "processed",
            "expires_at": None,
            "status_details": None,
        }


def create_file(call: Call, service: Service) -> Reply:
    if len(call.body) > MAX_FILE_BYTES + 10_000:
        raise _too_large(len(call.body))
    file = _checked(parts_of(call.headers.get("content-type", ""), call.body))
    name = _plain_name(file.file_name or "")
    file_id = f"file-{service.new_id()}"
    key = f"{FILES}{file_id}/{quote(name, safe='')}"
    objects.write(service, key, file.content, "application/jsonl")
    return _json(StoredFile(file_id, name, key, len(file.content), datetime.fromtimestamp(service.clock())).view())


def list_files(call: Call, service: Service) -> Reply:
    pages.refuse_query(call.query, (*pages.FIELDS, "order", "purpose"))
    order = call.query.get("order") or "desc"
    if order not in ("asc", "desc"):
        raise invalid("order", "order must be asc or desc")
    found = [_stored(item) for item in objects.listed(service, FILES)]
    if call.query.get("purpose") not in (None, "", PURPOSE):
        found = []
    found.sort(key=lambda file: (file.created, file.id), reverse=order == "desc")
    chosen, more = pages.page([file.id for file in found], call.query, default=MAX_LISTED, most=MAX_LISTED)
    data = [found[index].view() for index in chosen]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return _json({"object": "list", "data": data, **ends, "has_more": more})


def get_file(call: Call, service: Service) -> Reply:
    return _json(find_file(service, call.path.removeprefix(PREFIX)).view())


def file_content(call: Call, service: Service) -> Reply:
    file = find_file(service, call.path.removeprefix(PREFIX).removesuffix("/content"))
    text = objects.read(service, file.key).decode("utf-8")
    if len(json.dumps(text, ensure_ascii=False).encode()) > MAX_ANSWER_BYTES:
        message = f"the file is too large for an answer of the API; read s3://{service.bucket}/{file.key}"
        raise ApiError(400, "file_too_large", message)
    return Reply(200, text, "application/octet-stream")


def delete_file(call: Call, service: Service) -> Reply:
    """Jobs keep what they were trained on: their data is a copy."""
    file = find_file(service, call.path.removeprefix(PREFIX))
    service.s3.delete_object(Bucket=service.bucket, Key=file.key)
    return _json({"id": file.id, "object": "file", "deleted": True})


def find_file(service: Service, file_id: str, *, param: str = "file_id") -> StoredFile:
    """Raises ApiError 404."""
    plain = file_id.removeprefix("file-")
    if plain != file_id and plain.isalnum():
        for item in objects.listed(service, f"{FILES}{file_id}/"):
            return _stored(item)
    raise ApiError(404, "file_not_found", "there is no such file; list them with GET /v1/files", param=param)


def _stored(item: objects.StoredObject) -> StoredFile:
    file_id, _, name = item.key.removeprefix(FILES).partition("/")
    return StoredFile(file_id, unquote(name), item.key, item.size, item.modified)


def _checked(parts: list[Part]) -> Part:
    """The part with the file. Raises ApiError for other fields, purposes and contents."""
    given = {part.name: part for part in parts}
    for name in given:
        if name not in ("file", "purpose"):
            message = f"{name} is not a field of this request; use only file and purpose"
            raise invalid(name, message, code="unknown_field")
    for name in ("file", "purpose"):
        if name not in given:
            raise invalid(name, f"{name} is missing; add it to the form", code="missing_field")
    if given["purpose"].content.decode("utf-8", "replace") != PURPOSE:
        raise invalid("purpose", f"purpose must be {PURPOSE}: files are for training here")
    _require_usable(given["file"].content)
    return given["file"]


def _require_usable(content: bytes) -> None:
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(len(content))
    if not content.strip():
        raise invalid("file", "file must not be empty; write one JSON object a line")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise invalid("file", f"file must be JSON lines in UTF-8, got another encoding at line {line}") from None


def _plain_name(name: str) -> str:
    """Without folders and control characters."""
    plain = "".join(character for character in name.replace("\\", "/").rpartition("/")[2] if character.isprintable())
    plain = plain.strip(". ")[-MAX_NAME:]
    while len(quote(plain, safe="")) > MAX_QUOTED_NAME:
        plain = plain[1:]
    return plain or "file.jsonl"


def _too_large(size: int) -> ApiError:
    message = f"file must have at most {MAX_FILE_BYTES:,} bytes, because a function takes 6 MB, got {size:,}; {LARGER}"
    return ApiError(413, "file_too_large", message, param="file")


def _json(value: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(value))
