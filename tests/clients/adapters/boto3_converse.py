"""boto3, Converse and ConverseStream; InvokeModel for embeddings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from tests.clients.adapters.bedrock_client import bedrock_client
from tests.clients.capabilities import (
    ALIAS,
    BOTH,
    BREAKING,
    BUSY,
    EMBEDDER,
    HELLO,
    NAME,
    NATIVE,
    PLACE_SCHEMA,
    PNG,
    POPULATION,
    REPLY,
    SYSTEM,
    TEXTS,
    TOOL,
    WEATHER,
    WEATHER_SCHEMA,
    WHAT,
    WHO,
    forecast,
)
from tests.clients.run_client import Access
from tests.clients.streams import joined, raised

NOT_AVAILABLE: dict[str, str] = {}
TOOLS = {"tools": [{"toolSpec": {"name": "weather", "description": TOOL, "inputSchema": {"json": WEATHER_SCHEMA}}}]}


def _user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


def _ask(access: Access, *messages: Any, **options: Any) -> Any:
    return bedrock_client(access).converse(modelId=ALIAS, messages=messages, **options)["output"]["message"]


def _text(message: Any) -> str:
    return "".join(block.get("text", "") for block in message["content"])


def plain(access: Access) -> str:
    return _text(_ask(access, _user(HELLO)))


def system(access: Access) -> str:
    return _text(_ask(access, _user(HELLO), system=[{"text": SYSTEM}]))


def turns(access: Access) -> str:
    return _text(_ask(access, _user(NAME), {"role": "assistant", "content": [{"text": REPLY}]}, _user(WHO)))


def _texts(access: Access, alias: str) -> Iterator[str]:
    events = bedrock_client(access).converse_stream(modelId=alias, messages=[_user(HELLO)])["stream"]
    return (event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)


def stream(access: Access) -> Any:
    return joined(lambda: _texts(access, ALIAS))


def broken_stream(access: Access) -> str:
    return raised(lambda: _texts(access, BREAKING))


def tools(access: Access) -> Any:
    return _with_tools(access, WEATHER)


def parallel_tools(access: Access) -> Any:
    return _with_tools(access, BOTH)


def _with_tools(access: Access, question: str) -> Any:
    message = _ask(access, _user(question), toolConfig=TOOLS)
    uses = [block["toolUse"] for block in message["content"]]
    results = [
        {"toolResult": {"toolUseId": use["toolUseId"], "content": [{"text": forecast(use["input"]["city"])}]}}
        for use in uses
    ]
    answer = _ask(access, _user(question), message, {"role": "user", "content": results}, toolConfig=TOOLS)
    return {"cities": [use["input"]["city"] for use in uses], "text": _text(answer)}


def structured_output(access: Access) -> Any:
    """Converse has it for models that have it; for others the caller forces a tool."""
    answer = bedrock_client(access).converse(
        modelId=NATIVE,
        messages=[_user(POPULATION)],
        outputConfig={
            "textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": json.dumps(PLACE_SCHEMA)}}}
        },
    )
    specification = {"name": "place", "inputSchema": {"json": PLACE_SCHEMA}}
    forced = _ask(
        access,
        _user(POPULATION),
        toolConfig={"tools": [{"toolSpec": specification}], "toolChoice": {"tool": {"name": "place"}}},
    )
    return {
        ALIAS: forced["content"][0]["toolUse"]["input"],
        NATIVE: json.loads(_text(answer["output"]["message"])),
    }


def images(access: Access) -> str:
    image = {"image": {"format": "png", "source": {"bytes": base64.b64decode(PNG)}}}
    return _text(_ask(access, {"role": "user", "content": [{"text": WHAT}, image]}))


def reasoning(access: Access) -> Any:
    message = _ask(access, _user(HELLO), outputConfig={"effort": "low"})
    first = message["content"][0]["reasoningContent"]["reasoningText"]["text"]
    return {"reasoning": first, "text": _text(message)}


def embeddings(access: Access) -> Any:
    client = bedrock_client(access)
    answers = [client.invoke_model(modelId=EMBEDDER, body=json.dumps({"inputText": text})) for text in TEXTS]
    return [json.loads(answer["body"].read())["embedding"] for answer in answers]


def errors(access: Access) -> Any:
    client = bedrock_client(access)

    def status(model: str, **options: Any) -> int:
        try:
            client.converse(modelId=model, messages=[_user(HELLO)], **options)
        except ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        return 200

    return {
        "unknown alias": status("gpt-4o"),
        "throttled": status(BUSY),
        "invalid": status(ALIAS, inferenceConfig={"temperature": 1.5}),
    }
