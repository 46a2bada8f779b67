"""API Gateway's quotas for a REST API: 29 s for an integration, 10 MB for a body, and Lambda's 6 MB for an event.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
The gateway responses are INTEGRATION_TIMEOUT and REQUEST_TOO_LARGE of
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html.
"Timeout should be between 50 ms and 29000 ms" is what a longer integration's create ends with, unless the account's
quota was raised. ministack waits for a function as long as it runs and passes on events of any size.
"""

import asyncio
from typing import Any

from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

from local_aws.extension.lambda_quotas import REQUEST_BYTES, compact
from local_aws.extension.response_streaming import STREAMING_URI

SHORTEST_MILLISECONDS, INTEGRATION_MILLISECONDS = 50, 29_000
STREAMED_MILLISECONDS = 15 * 60 * 1000  # api-gateway/latest/developerguide/response-transfer-mode.html
BODY_BYTES = 10 * 1024 * 1024


class _EventTooLargeError(Exception):
    """When the event is larger than Lambda takes it."""


def install() -> None:
    """Wrap the two ways to a function. What the function does after the timeout goes on, as on AWS."""
    call = apigateway_v1._call_lambda_raw

    async def call_lambda(function: str, event: Any, **scope: Any) -> Any:
        if len(compact(event).encode()) > REQUEST_BYTES:
            raise _EventTooLargeError
        return await call(function, event, **scope)

    apigateway_v1._call_lambda_raw = call_lambda
    for name in ("_invoke_lambda_proxy_v1", "_invoke_lambda_custom_v1"):
        setattr(apigateway_v1, name, _limited(getattr(apigateway_v1, name)))
    _refuse_timeouts()


def _refuse_timeouts() -> None:
    """PutIntegration, and the method of CloudFormation, which ministack writes without calling API Gateway."""
    put, handler = apigateway_v1._put_integration, provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::Method"]

    def putting(api: str, resource: str, method: str, given: dict[str, Any]) -> Any:
        if refused := _timeout_refusal(given.get("timeoutInMillis"), given.get("uri")):
            return apigateway_v1._v1_error("BadRequestException", refused, 400)
        return put(api, resource, method, given)

    def checked(write: Any, at: int) -> Any:
        def written(*arguments: Any, **named: Any) -> Any:
            integration = arguments[at].get("Integration") or {}
            if refused := _timeout_refusal(integration.get("TimeoutInMillis"), integration.get("Uri")):
                raise ValueError(refused)
            return write(*arguments, **named)

        return written

    apigateway_v1._put_integration = putting
    handler.update(create=checked(handler["create"], 1), update=checked(handler["update"], 2))


def _timeout_refusal(milliseconds: Any, uri: Any) -> str | None:
    longest = _longest(uri)
    if milliseconds is None or SHORTEST_MILLISECONDS <= int(milliseconds) <= longest:
        return None
    return f"Timeout should be between {SHORTEST_MILLISECONDS} ms and {longest} ms"


def _longest(uri: Any) -> int:
    return STREAMED_MILLISECONDS if str(uri).endswith(STREAMING_URI) else INTEGRATION_MILLISECONDS


def _limited(invoke: Any) -> Any:
    async def invoked(integration: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        body = arguments[7]
        if len(body or b"") > BODY_BYTES:
            return apigateway_v1._gw_error("REQUEST_TOO_LARGE", f"HTTP content length exceeded {BODY_BYTES} bytes.")
        wanted = int(integration.get("timeoutInMillis") or INTEGRATION_MILLISECONDS)
        task = asyncio.ensure_future(invoke(integration, *arguments, **named))
        done, _ = await asyncio.wait({task}, timeout=min(wanted, _longest(integration.get("uri"))) / 1000)
        if not done:
            return apigateway_v1._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        try:
            return task.result()
        except _EventTooLargeError:
            return apigateway_v1._gw_error("REQUEST_TOO_LARGE", "Request Too Long")

    return invoked
