"""The API behind HTTP, as API Gateway passes requests on; Bedrock accepts what botocore's model accepts."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from bedrock_constructs.inference_api.description import description_file
from inference_api import description
from inference_api import handler as edge
from inference_api.aliases import Aliases
from inference_api.authorizer import key_from
from inference_api.aws.client import Event, Reply
from inference_api.errors import ApiError
from inference_api.fallback import Fallback
from inference_api.knowledge_base_ids import KnowledgeBaseIds
from inference_api.openai_errors import error_body
from inference_api.runtime import Invocation
from inference_api.service import Service
from kit_contract.inference_api import Agent, Alias, Model, Settings
from kit_contract.inference_api_settings import settings_from
from tests.inference_api.conftest import (
    ALIASES,
    ENVIRONMENT,
    KNOWLEDGE_BASES,
    Clock,
    converse_events,
    converse_response,
    with_knowledge_base,
)

KEY = "k" * 40
_PUBLIC = ("/health", "/openapi.json")
_SPAN = {"textResponsePart": {"text": "Hi", "span": {"start": 0, "end": 2}}}
_PASSAGE = {"content": {"text": "Hi"}, "location": {"s3Location": {"uri": "s3://documents/a.txt"}}, "score": 0.5}


class LenientClients:
    """Answers at once whatever botocore's model of the service takes, and refuses the rest as AWS does."""

    def converse(self, model_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        _check("bedrock-runtime", "Converse", {"modelId": model_id, **request})
        return converse_response(*_blocks(request))

    def converse_stream(
        self, model_id: str, request: Mapping[str, Any], *, read_seconds: float
    ) -> Generator[Event, None, None]:
        _check("bedrock-runtime", "ConverseStream", {"modelId": model_id, **request})
        return (event for event in converse_events(*_blocks(request)))

    def count_tokens(self, model_id: str, counted: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        _check("bedrock-runtime", "CountTokens", {"modelId": model_id, "input": counted})
        return {"inputTokens": 5}

    def invoke_model(self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float) -> Reply:
        content = _embeddings(body) if "embed" in model_id else b'{"completion": "Hi"}'
        return Reply({"content-type": "application/json", "x-amzn-bedrock-input-token-count": "2"}, content)

    def invoke_model_with_response_stream(
        self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float
    ) -> tuple[Mapping[str, str], Generator[Event, None, None]]:
        chunks = [Event("chunk", {"bytes": base64.b64encode(b'{"completion": "Hi"}').decode()})]
        return {"x-amzn-bedrock-content-type": "application/json"}, (event for event in chunks)

    def invoke_model_for_all(
        self, model_id: str, bodies: Sequence[bytes], *, read_seconds: float
    ) -> list[Reply | Exception]:
        return [self.invoke_model(model_id, body, {}, read_seconds=read_seconds) for body in bodies]

    def retrieve(self, knowledge_base_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        _check("bedrock-agent-runtime", "Retrieve", {"knowledgeBaseId": knowledge_base_id, **request})
        return {"retrievalResults": [{**_PASSAGE, "metadata": {"tenant": "a"}}]}

    def retrieve_and_generate(self, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        _check("bedrock-agent-runtime", "RetrieveAndGenerate", request)
        citation = {"generatedResponsePart": _SPAN, "retrievedReferences": [_PASSAGE]}
        return {"output": {"text": "Hi"}, "citations": [citation], "sessionId": "session-1"}

    def retrieve_and_generate_stream(
        self, request: Mapping[str, Any], *, read_seconds: float
    ) -> tuple[str, Generator[Event, None, None]]:
        _check("bedrock-agent-runtime", "RetrieveAndGenerateStream", request)
        cited = {"generatedResponsePart": _SPAN, "retrievedReferences": [_PASSAGE]}
        return "session-1", (event for event in (Event("output", {"text": "Hi"}), Event("citation", cited)))

    def invoke_harness(
        self,
        harness_arn: str,
        messages: Sequence[Mapping[str, Any]],
        *,
        session_id: str,
        actor_id: str,
        read_seconds: float,
    ) -> Generator[Event, None, None]:
        call = {"harnessArn": harness_arn, "messages": messages, "runtimeSessionId": session_id, "actorId": actor_id}
        _check("bedrock-agentcore", "InvokeHarness", call)
        return (event for event in converse_events({"text": "Hi"}))

    def invoke_function(
        self, arn: str, event: Mapping[str, Any], context: Mapping[str, str], *, read_seconds: float
    ) -> Reply:
        return Reply({}, b'"done"')

    def get_secret(self, arn: str) -> str:
        return "secret"

    def get_parameters(self, names: Sequence[str]) -> dict[str, str]:
        return {}


def described_settings() -> Settings:
    """With the alias `embeddings`, of a model that takes each type of input, and with a model that reranks."""
    settings = settings_from(ENVIRONMENT, ALIASES, KNOWLEDGE_BASES)
    model = "cohere.embed-multilingual-v3"
    arn = f"arn:aws:bedrock:us-east-1::foundation-model/{model}"
    embeddings = Alias(Model(model, arn), ("base",), embedding=model, one_model=True)
    rerank = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
    settings = with_knowledge_base(settings, rerank_model_arn=rerank, store="OPENSEARCH_SERVERLESS")
    agent = Agent("arn:aws:bedrock-agentcore:us-east-1:111122223333:harness/a__support-Ab12Cd34Ef")
    return settings._replace(aliases={**settings.aliases, "embeddings": embeddings}, agents={"support": agent})


def lenient_service() -> Service:
    settings = described_settings()
    clients, clock = LenientClients(), Clock()
    fallback = Fallback(clock, clock.sleep, lambda: 0.5)
    ids = KnowledgeBaseIds(clients, clock, 60)
    return Service(settings, clients, Aliases(settings, clients, clock), fallback, clock, lambda: "0001", ids)


def _blocks(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A text, and a call if a tool has to be called."""
    tools = (request.get("toolConfig") or {}).get("tools") or []
    name = next((tool["toolSpec"]["name"] for tool in tools if "toolSpec" in tool), None)
    use = {"toolUse": {"toolUseId": "call_1", "name": name, "input": {"city": "Bern"}}}
    return [{"text": "Hi"}, *([use] if name else [])]


def _embeddings(body: bytes) -> bytes:
    try:
        return json.dumps({"embeddings": [[0.5, -0.25] for _ in json.loads(body)["texts"]]}).encode()
    except (ValueError, TypeError, KeyError):
        raise _refused("InvokeModel", "Malformed input request") from None


def _check(service: str, operation: str, request: Mapping[str, Any]) -> None:
    report = ParamValidator().validate(request, _shape(service, operation))
    if report.has_errors():
        raise _refused(operation, report.generate_report())


def _refused(operation: str, message: str) -> ClientError:
    error = {"Code": "ValidationException", "Message": message}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation)  # type: ignore[typeddict-item]


@cache
def _shape(service: str, operation: str) -> Any:
    return botocore.session.Session().get_service_model(service).operation_model(operation).input_shape


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    _ids = itertools.count()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        headers = dict(self.headers.items())
        if path not in _PUBLIC and key_from(headers) != KEY:
            error = ApiError(401, "invalid_api_key", "the API key is missing or wrong")
            content = json.dumps({**error_body(error), "message": error.message}).encode()
            self._send(401, {"Content-Type": "application/json"}, content)
            return
        text = body.decode("utf-8", "replace")
        event = {"httpMethod": self.command, "path": unquote(path), "headers": headers, "body": text}
        event["requestContext"] = {"authorizer": {"principalId": "default"}}
        response = edge.handler(event, Invocation(event, f"request-{next(self._ids)}", 0))
        self._send(response.status, response.headers, b"".join(response.body))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_HEAD = do_QUERY = _answer

    def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: the handler logs."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 100


@contextmanager
def described_server(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[str]:
    """The URL of the API while it runs. `folder`: for what the function's zip has beside the code."""
    monkeypatch.setattr(description, "PATH", str(folder / "description"))
    (folder / "description").write_text(description_file(), encoding="utf-8")
    service = lenient_service()
    monkeypatch.setattr(edge, "service", lambda: service)
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
