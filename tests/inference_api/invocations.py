"""InvokeModel of the stubbed clients: botocore checks the request, a test's own function or list answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import boto3

from inference_api.aws.client import Event, Reply

Answers = Callable[[str, Any], Any]


class Invocations:
    """`answers`: model id and body -> the body of the response, or an error to raise. `invoked`: what was called.

    `chunks`: what the next calls with a response stream return or raise. `reply_headers`: those of each response.
    """

    def __init__(self) -> None:
        self._invoking: Any = boto3.client(
            "bedrock-runtime", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        for operation in ("InvokeModel", "InvokeModelWithResponseStream"):
            self._invoking.meta.events.register(f"before-call.bedrock-runtime.{operation}", self._accepted)
        self.answers: Answers = lambda model_id, body: {}
        self.chunks: list[list[Event] | Exception] = []
        self.invoked: list[tuple[str, bytes, dict[str, str]]] = []
        self.at_once: list[int] = []
        self.reply_headers: dict[str, str] = {"content-type": "application/json"}

    def invoke_model(self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float) -> Reply:
        self._checked("InvokeModel", model_id, body, headers)
        answer = self.answers(model_id, json.loads(body))
        if isinstance(answer, Exception):
            raise answer
        return Reply(self.reply_headers, json.dumps(answer).encode())

    def invoke_model_with_response_stream(
        self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float
    ) -> tuple[Mapping[str, str], Generator[Event, None, None]]:
        self._checked("InvokeModelWithResponseStream", model_id, body, headers)
        chunks = self.chunks.pop(0)
        if isinstance(chunks, Exception):
            raise chunks
        return self.reply_headers, _raising(chunks)

    def invoke_model_for_all(
        self, model_id: str, bodies: Sequence[bytes], *, read_seconds: float
    ) -> list[Reply | Exception]:
        self.at_once.append(len(bodies))
        replies: list[Reply | Exception] = []
        for body in bodies:
            try:
                replies.append(
                    self.invoke_model(model_id, body, {"content-type": "application/json"}, read_seconds=read_seconds)
                )
            except Exception as error:
                replies.append(error)
        return replies

    def _checked(self, operation: str, model_id: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Each header is a member of the operation's input in botocore's model."""
        model = self._invoking.meta.service_model.operation_model(operation)
        members = {
            shape.serialization.get("name", name).lower(): name for name, shape in model.input_shape.members.items()
        }
        members["accept"] = "accept"
        given = {members[name]: value for name, value in headers.items()}
        call = {"InvokeModel": "invoke_model", "InvokeModelWithResponseStream": "invoke_model_with_response_stream"}
        getattr(self._invoking, call[operation])(modelId=model_id, body=body, **given)
        self.invoked.append((model_id, body, dict(headers)))

    def _accepted(self, **_: Any) -> tuple[Any, dict[str, Any]]:
        return SimpleNamespace(status_code=200), {}


def _raising(chunks: Sequence[Event | Exception]) -> Generator[Event, None, None]:
    for chunk in chunks:
        if isinstance(chunk, Exception):
            raise chunk
        yield chunk
