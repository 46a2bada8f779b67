"""The AWS calls of the API. Nothing retries here: the only retry loop is in fallback.py.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol

from inference_api.aws.client import Event, Reply, client, label

QUIET_SECONDS = 15.0  # after so long without an event, the caller gets a sign of life
PARAMETER_SECONDS = 1.0
_SESSION_HEADER = "x-amzn-bedrock-knowledge-base-session-id"


class Clients(Protocol):
    """`read_seconds`: the longest wait for a response, or between two events of a stream."""

    def converse(self, model_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]: ...

    def converse_stream(
        self, model_id: str, request: Mapping[str, Any], *, read_seconds: float
    ) -> Generator[Event, None, None]: ...

    def count_tokens(self, model_id: str, counted: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        """`counted`: the `input` of CountTokens. It takes ids of foundation models only."""
        ...

    def invoke_model(self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float) -> Reply:
        """`headers` has lower-case names, those of HTTP."""
        ...

    def invoke_model_with_response_stream(
        self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float
    ) -> tuple[Mapping[str, str], Generator[Event, None, None]]:
        """The headers of the response, and its events."""
        ...

    def invoke_model_for_all(
        self, model_id: str, bodies: Sequence[bytes], *, read_seconds: float
    ) -> list[Reply | Exception]:
        """What InvokeModel returns or raises for each of `bodies`, all at the same time."""
        ...

    def retrieve(
        self, knowledge_base_id: str, request: Mapping[str, Any], *, read_seconds: float
    ) -> dict[str, Any]: ...

    def retrieve_and_generate(self, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]: ...

    def retrieve_and_generate_stream(
        self, request: Mapping[str, Any], *, read_seconds: float
    ) -> tuple[str, Generator[Event, None, None]]:
        """(session id, events)."""
        ...

    def invoke_harness(
        self,
        harness_arn: str,
        messages: Sequence[Mapping[str, Any]],
        *,
        session_id: str,
        actor_id: str,
        read_seconds: float,
    ) -> Generator[Event, None, None]: ...

    def invoke_function(
        self, arn: str, event: Mapping[str, Any], context: Mapping[str, str], *, read_seconds: float
    ) -> Reply:
        """`context`: custom values of the client context, which the function reads."""
        ...

    def get_secret(self, arn: str) -> str: ...

    def get_parameters(self, names: Sequence[str]) -> dict[str, str]:
        """Name -> value of the SSM parameters that exist."""
        ...


class AwsClients:
    """Opens each connection at its first use, so that a cold GET /v1/models opens none."""

    def converse(self, model_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        runtime = client("bedrock-runtime", "bedrock")
        response: dict[str, Any] = runtime.call(
            f"/model/{label(model_id)}/converse", request, read_seconds=read_seconds
        )
        return response

    def converse_stream(
        self, model_id: str, request: Mapping[str, Any], *, read_seconds: float
    ) -> Generator[Event, None, None]:
        runtime = client("bedrock-runtime", "bedrock")
        path = f"/model/{label(model_id)}/converse-stream"
        return runtime.stream(path, request, read_seconds=read_seconds, quiet_seconds=QUIET_SECONDS)

    def count_tokens(self, model_id: str, counted: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        runtime = client("bedrock-runtime", "bedrock")
        path = f"/model/{label(model_id)}/count-tokens"
        response: dict[str, Any] = runtime.call(path, {"input": counted}, read_seconds=read_seconds)
        return response

    def invoke_model(self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float) -> Reply:
        runtime = client("bedrock-runtime", "bedrock")
        return runtime.pass_on(f"/model/{label(model_id)}/invoke", body, headers, read_seconds=read_seconds)

    def invoke_model_with_response_stream(
        self, model_id: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float
    ) -> tuple[Mapping[str, str], Generator[Event, None, None]]:
        runtime = client("bedrock-runtime", "bedrock")
        path = f"/model/{label(model_id)}/invoke-with-response-stream"
        return runtime.pass_on_stream(path, body, headers, read_seconds=read_seconds, quiet_seconds=QUIET_SECONDS)

    def invoke_model_for_all(
        self, model_id: str, bodies: Sequence[bytes], *, read_seconds: float
    ) -> list[Reply | Exception]:
        runtime = client("bedrock-runtime", "bedrock")
        return runtime.pass_on_all(f"/model/{label(model_id)}/invoke", bodies, read_seconds=read_seconds)

    def retrieve(self, knowledge_base_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        agent = client("bedrock-agent-runtime", "bedrock")
        path = f"/knowledgebases/{label(knowledge_base_id)}/retrieve"
        response: dict[str, Any] = agent.call(path, request, read_seconds=read_seconds)
        return response

    def retrieve_and_generate(self, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        agent = client("bedrock-agent-runtime", "bedrock")
        response: dict[str, Any] = agent.call("/retrieveAndGenerate", request, read_seconds=read_seconds)
        return response

    def retrieve_and_generate_stream(
        self, request: Mapping[str, Any], *, read_seconds: float
    ) -> tuple[str, Generator[Event, None, None]]:
        agent = client("bedrock-agent-runtime", "bedrock")
        headers, events = agent.stream_with_headers(
            "/retrieveAndGenerateStream", request, read_seconds=read_seconds, quiet_seconds=QUIET_SECONDS
        )
        return headers.get(_SESSION_HEADER, ""), events

    def invoke_harness(
        self,
        harness_arn: str,
        messages: Sequence[Mapping[str, Any]],
        *,
        session_id: str,
        actor_id: str,
        read_seconds: float,
    ) -> Generator[Event, None, None]:
        from inference_api import agent_calls

        return agent_calls.invoke_harness(
            harness_arn, messages, session_id, actor_id, read_seconds=read_seconds, quiet_seconds=QUIET_SECONDS
        )

    def invoke_function(
        self, arn: str, event: Mapping[str, Any], context: Mapping[str, str], *, read_seconds: float
    ) -> Reply:
        from inference_api import agent_calls

        return agent_calls.invoke_function(arn, event, context, read_seconds=read_seconds)

    def get_secret(self, arn: str) -> str:
        from inference_api import agent_calls

        return agent_calls.get_secret(arn)

    def get_parameters(self, names: Sequence[str]) -> dict[str, str]:
        found = client("ssm").call(
            "/", {"Names": list(names)}, read_seconds=PARAMETER_SECONDS, target="AmazonSSM.GetParameters"
        )
        return {parameter["Name"]: parameter["Value"] for parameter in found["Parameters"]}
