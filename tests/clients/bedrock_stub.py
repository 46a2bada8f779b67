"""A server in place of Bedrock Runtime and SSM. It refuses what botocore's model and Bedrock's rules refuse."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote
from zlib import crc32

import botocore.session
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

from local_aws.extension.bedrock.bedrock_error import BedrockError
from local_aws.extension.bedrock.converse_requests import check
from tests.clients.capabilities import BUSY
from tests.clients.http_server import Exchange
from tests.clients.scripted_model import answer

# Base models of the aliases (tests/clients/servers.py) that answer with an error.
_ACCOUNT = "arn:aws:bedrock:us-east-1:111122223333"
_SERVING = {"target_arn": f"{_ACCOUNT}:custom-model-deployment/a", "kind": "custom-model-deployment", "run_id": "1"}
_CAPACITY = {"target_arn": f"{_ACCOUNT}:provisioned-model/a", "kind": "provisioned-throughput"}
# Three targets, so that the API does not wait before it gives up.
THROTTLED = ("amazon.nova-pro-v1:0", _SERVING["target_arn"], _CAPACITY["target_arn"])
BREAKING, WITH_FORMAT = "amazon.nova-micro-v1:0", "anthropic.claude-sonnet-4-5"
PAUSE_SECONDS = 0.15  # after a part of a text, longer than streams.APART_SECONDS
_STATUS = {"ThrottlingException": 429, "AccessDeniedException": 403, "ResourceNotFoundException": 404}
_USAGE = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}


class BedrockStub:
    """`refused`: the messages of the requests that it has refused, for a failing test."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    async def handle(self, exchange: Exchange) -> None:
        body = await exchange.body()
        if "x-amz-target" in exchange.headers:
            await exchange.answer(200, json.dumps({"Parameters": _parameters(json.loads(body)["Names"])}).encode())
            return
        _, _, model, operation = exchange.path.split("/")
        try:
            await self._answer(exchange, unquote(model), operation, body)
        except BedrockError as error:
            self.refused.append(str(error))
            content = json.dumps({"message": str(error)}).encode()
            await exchange.answer(_STATUS.get(error.code, 400), content, {"x-amzn-ErrorType": error.code})

    async def _answer(self, exchange: Exchange, model: str, operation: str, body: bytes) -> None:
        if model in THROTTLED:
            raise BedrockError("ThrottlingException", "Too many requests, please wait before trying again.")
        if operation == "invoke":
            await exchange.answer(200, json.dumps(_embedding(body)).encode(), {"Content-Type": "application/json"})
            return
        request = _checked(operation, model, json.loads(body))
        blocks, reason = answer(request)
        if operation == "converse":
            message = {"role": "assistant", "content": blocks}
            value = {"output": {"message": message}, "stopReason": reason, "usage": _USAGE, "metrics": {"latencyMs": 1}}
            await exchange.answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})
            return
        await exchange.start(200, {"Content-Type": "application/vnd.amazon.eventstream"})
        for frame in frames_of(blocks, reason, breaks=model == BREAKING):
            await exchange.send(frame)
            if b"contentBlockDelta" in frame:
                await asyncio.sleep(PAUSE_SECONDS)
        await exchange.send(b"")


def _parameters(names: list[str]) -> list[dict[str, str]]:
    """Only the alias "busy" has other targets than its base model."""
    values = {f"{BUSY}/serving": _SERVING, f"{BUSY}/capacity": _CAPACITY}
    return [{"Name": name, "Value": json.dumps(values[end])} for name in names for end in values if name.endswith(end)]


def _checked(operation: str, model: str, request: dict[str, Any]) -> dict[str, Any]:
    """The request with its blobs as bytes. Raises BedrockError."""
    shape = _operation(operation).input_shape
    assert shape is not None
    found: dict[str, Any] = _with_blobs({**request, "modelId": model}, shape)
    report = ParamValidator().validate(found, shape)
    if report.has_errors():
        raise BedrockError("ValidationException", report.generate_report())
    output = found.get("outputConfig") or {}
    if WITH_FORMAT in model:
        found_to_check = {**found, "outputConfig": {name: output[name] for name in output if name != "textFormat"}}
    else:
        found_to_check = found
    check(model, found_to_check)
    return found


@cache
def _operation(path: str) -> OperationModel:
    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    (name,) = [
        name
        for name in model.operation_names
        if model.operation_model(name).http["requestUri"] == f"/model/{{modelId}}/{path}"
    ]
    return model.operation_model(name)


def _with_blobs(value: Any, shape: Shape) -> Any:
    kind = shape.type_name
    if kind == "structure" and not getattr(shape, "is_document_type", False) and isinstance(value, dict):
        members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
        return {n: _with_blobs(each, members[n]) if n in members else each for n, each in value.items()}
    if kind == "list" and isinstance(value, list):
        return [_with_blobs(each, shape.member) for each in value]  # type: ignore[attr-defined]
    return base64.b64decode(value) if kind == "blob" else value


def frames_of(blocks: list[dict[str, Any]], reason: str, *, breaks: bool = False) -> list[bytes]:
    frames = [_frame("messageStart", {"role": "assistant"})]
    for index, block in enumerate(blocks):
        at = {"contentBlockIndex": index}
        if "toolUse" in block:
            use = block["toolUse"]
            start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
            frames.append(_frame("contentBlockStart", {**at, "start": start}))
        frames += [_frame("contentBlockDelta", {**at, "delta": delta}) for delta in _deltas(block)]
        if breaks:
            failure = {"message": "The model has failed", "originalStatusCode": 500}
            return [*frames[:2], _frame("modelStreamErrorException", failure, kind="exception")]
        frames.append(_frame("contentBlockStop", at))
    stop = _frame("messageStop", {"stopReason": reason})
    return [*frames, stop, _frame("metadata", {"usage": _USAGE, "metrics": {"latencyMs": 1}})]


def _deltas(block: dict[str, Any]) -> list[dict[str, Any]]:
    if "toolUse" in block:
        return [{"toolUse": {"input": part}} for part in _halves(json.dumps(block["toolUse"]["input"]))]
    if "reasoningContent" in block:
        reasoning = block["reasoningContent"]["reasoningText"]
        parts = [{"text": part} for part in _halves(reasoning["text"])]
        return [{"reasoningContent": part} for part in (*parts, {"signature": reasoning["signature"]})]
    return [{"text": part} for part in _halves(block["text"])]


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle], text[middle:]


def _frame(name: str, value: Mapping[str, Any], *, kind: str = "event") -> bytes:
    headers = {f":{kind}-type": name, ":content-type": "application/json", ":message-type": kind}
    block = b"".join(map(_header, headers.items()))
    payload = json.dumps(value).encode()
    prelude = struct.pack("!II", 16 + len(block) + len(payload), len(block))
    content = prelude + struct.pack("!I", crc32(prelude)) + block + payload
    return content + struct.pack("!I", crc32(content))


def _header(header: tuple[str, str]) -> bytes:
    name, text = (part.encode() for part in header)
    return bytes([len(name)]) + name + b"\x07" + struct.pack("!H", len(text)) + text


def _embedding(body: bytes) -> dict[str, Any]:
    """Titan's: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html"""
    text = json.loads(body)["inputText"]
    return {"embedding": [1.0, float(len(text))], "inputTextTokenCount": 2}
