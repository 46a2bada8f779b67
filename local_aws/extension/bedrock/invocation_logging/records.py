"""The record of a call, as the user guide's "Log entry format" shows it. Bodies are put in where they are small.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

import base64
import json
import struct
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import bedrock

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock import custom_models
from local_aws.extension.bedrock.customization.base_models import BASES
from local_aws.extension.bedrock.responses import iso

INLINE_BYTES = 100 * 1024
OPERATIONS = {
    "converse": "Converse",
    "converse-stream": "ConverseStream",
    "invoke": "InvokeModel",
    "invoke-with-response-stream": "InvokeModelWithResponseStream",
}
MODALITIES = {"TEXT": "text", "IMAGE": "image", "EMBEDDING": "embedding", "VIDEO": "video", "SPEECH": "audio"}


class Exchange(NamedTuple):
    """`model`: what the caller named. `answering`: what answers. `answer` is None for a call that failed."""

    operation: str
    model: str
    answering: str
    headers: dict[str, str]
    request: bytes
    answer: bytes | None
    request_id: str
    error: str = ""


def data_types(answering: str) -> set[str]:
    """A call is logged if one of the types of data of its model, in or out, is."""
    base = custom_models.base_of(custom_models.find(answering)) if ":custom-model/" in answering else answering
    plain = base.rsplit(":", 1)[0] if base in BASES else base
    found = next((entry for entry in bedrock._CATALOG if entry[0] == plain), None)
    return {MODALITIES[kind] for kind in (*found[3], *found[4]) if kind in MODALITIES} if found else {"text"}


def record(exchange: Exchange) -> dict[str, Any]:
    """With both bodies inline, whatever their size."""
    request, answer = _json(exchange.request), _answer(exchange)
    usage = _usage(answer)
    metadata = request.get("requestMetadata") if isinstance(request, dict) else None
    key = extract_access_key_id(exchange.headers) or "test"
    caller = resolve_caller_identity(key)
    root = f"arn:{partition_of(get_region())}:iam::{get_account_id()}:root"
    return {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": iso(time.time()),
        "accountId": get_account_id(),
        "region": get_region(),
        "requestId": exchange.request_id,
        "operation": OPERATIONS[exchange.operation],
        "modelId": exchange.model,
        "identity": {"arn": caller["userArn"] if caller else root},
        **({"requestMetadata": metadata} if metadata else {}),
        **({"errorCode": exchange.error} if exchange.error else {}),
        "input": {"inputContentType": "application/json", "inputBodyJson": request, **_count("input", usage)},
        **({} if answer is None else {"output": _output(answer, usage)}),
    }


def _output(answer: Any, usage: dict[str, Any]) -> dict[str, Any]:
    return {"outputContentType": "application/json", "outputBodyJson": answer, **_count("output", usage)}


def _count(side: str, usage: dict[str, Any]) -> dict[str, Any]:
    count = usage.get(f"{side}Tokens", usage.get(f"{side}TextTokenCount", usage.get(f"{side}_tokens")))
    return {} if count is None else {f"{side}TokenCount": count}


def _usage(answer: Any) -> dict[str, Any]:
    """Of a body, or of the event of a stream that has it."""
    events = answer if isinstance(answer, list) else [answer]
    parts = [part for event in events if isinstance(event, dict) for part in (event, event.get("metadata"))]
    found = (part.get("usage") or part.get("amazon-bedrock-invocationMetrics") for part in parts if part)
    return next((usage for usage in found if isinstance(usage, dict)), {})


def _answer(exchange: Exchange) -> Any:
    if exchange.answer is None:
        return None
    return list(_events(exchange.answer)) if exchange.operation.endswith("stream") else _json(exchange.answer)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return body.decode("utf-8", "replace")


def _events(stream: bytes) -> Iterator[Any]:
    """Of ConverseStream {type: event}; of InvokeModelWithResponseStream what each chunk holds."""
    start = 0
    while start < len(stream):
        total, headers = struct.unpack_from("!II", stream, start)
        payload = json.loads(stream[start + 12 + headers : start + total - 4] or b"{}")
        kind = _event_type(stream[start + 12 : start + 12 + headers])
        yield json.loads(base64.b64decode(payload["bytes"])) if kind == "chunk" else {kind: payload}
        start += total


def _event_type(headers: bytes) -> str:
    name = b":event-type"
    at = headers.index(name) + len(name) + 1  # then a byte for its type, string
    (length,) = struct.unpack_from("!H", headers, at)
    return headers[at + 2 : at + 2 + length].decode()
