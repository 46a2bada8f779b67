"""InvokeModel of Nova's models that answer: their body is Converse's with names of its own.

https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

import json
from typing import Any

from botocore.eventstream import EventStreamBuffer
from ministack.services import bedrock_runtime

from local_aws.extension.bedrock.responses import BedrockError, Response

KEYS = ("schemaVersion", "messages", "system", "inferenceConfig", "toolConfig")
# Nova's names -> Converse's. topK has no name in Converse.
INFERENCE = {
    **{"maxTokens": "maxTokens", "max_new_tokens": "maxTokens", "temperature": "temperature"},
    **{"topP": "topP", "top_p": "topP", "stopSequences": "stopSequences"},
}
TOP_K = ("topK", "top_k")


def as_converse(body: bytes) -> bytes:
    """The body of the Converse request that asks the same. Raises BedrockError."""
    try:
        request = json.loads(body)
    except ValueError:
        raise _malformed("") from None
    if not isinstance(request, dict):
        raise _malformed(": #: expected type: JSONObject")
    inference = request.get("inferenceConfig") or {}
    extra = [f"#: extraneous key [{name}] is not permitted" for name in request if name not in KEYS]
    extra += [
        f"#/inferenceConfig: extraneous key [{name}] is not permitted"
        for name in inference
        if name not in (*INFERENCE, *TOP_K)
    ]
    missing = [] if "messages" in request else ["#: required key [messages] not found"]
    if missing or extra:
        raise _malformed(": " + "".join(missing + extra))
    settings = {INFERENCE[name]: value for name, value in inference.items() if name in INFERENCE}
    given = {name: value for name, value in request.items() if name not in ("schemaVersion", "inferenceConfig")}
    return json.dumps(given | ({"inferenceConfig": settings} if settings else {})).encode()


def as_invoked(response: Response) -> Response:
    """The response of Converse as InvokeModel's."""
    status, headers, body = response
    if status != 200:
        return response
    value = json.loads(body)
    value.pop("metrics", None)
    return status, headers, json.dumps(value).encode()


def as_chunks(response: Response) -> Response:
    """The events of ConverseStream as chunks. The last one has Bedrock's metrics."""
    status, headers, body = response
    if status != 200:
        return response
    buffer = EventStreamBuffer()
    buffer.add_data(bytes(body))
    chunks: list[dict[str, Any]] = []
    for message in buffer:
        headers_of: Any = message.headers
        chunks.append({headers_of[":event-type"]: json.loads(message.payload)})
    usage = chunks[-1].get("metadata", {}).get("usage", {})
    counts = {"inputTokenCount": usage.get("inputTokens"), "outputTokenCount": usage.get("outputTokens")}
    chunks[-1]["amazon-bedrock-invocationMetrics"] = counts
    stream = b"".join(bedrock_runtime._es_event_chunk(chunk) for chunk in chunks)
    return status, {**headers, "x-amzn-bedrock-content-type": "application/json"}, stream


def _malformed(what: str) -> BedrockError:
    message = f"Malformed input request{what}, please reformat your input and try again."
    return BedrockError("ValidationException", message)
