"""The client context of an invocation, `context.client_context`, which ministack's workers leave empty.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#lambda-Invoke-request-ClientContext
A function with a runtime of its own (response_streaming.py) does not get it.
"""

import base64
import json
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

HEADER = "x-amz-client-context"
# ministack's workers take what belongs to one invocation beside the payload; of this part they use known names only.
CARRIER, NAME = "durable", "client_context"
PYTHON = '"client_context": None,'
PYTHON_FILLED = (
    '"client_context": (lambda given: given and type("ClientContext", (), {'
    '"custom": given.get("custom"), "env": given.get("env"), "client": given.get("client")'
    f'}})())((_ms_ctx.get("{CARRIER}") or {{}}).get("{NAME}")),'
)
NODE = "clientContext: null,"
NODE_FILLED = f"clientContext: (ctx.{CARRIER} || {{}}).{NAME} || null,"
_given: ContextVar[dict[str, Any] | None] = ContextVar("client_context", default=None)


def install() -> None:
    """Pass the header of Invoke on to the handler."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _filled(lambda_runtime._PYTHON_WORKER_SCRIPT, PYTHON, PYTHON_FILLED)
    lambda_runtime._NODEJS_WORKER_SCRIPT = _filled(lambda_runtime._NODEJS_WORKER_SCRIPT, NODE, NODE_FILLED)
    invoke, work = lambda_svc._invoke, lambda_runtime.Worker.invoke

    async def invoked(name: str, event: Any, headers: dict[str, str], *arguments: Any, **named: Any) -> Any:
        token = _given.set(decoded(next((text for key, text in headers.items() if key.lower() == HEADER), "")))
        try:
            return await invoke(name, event, headers, *arguments, **named)
        finally:
            _given.reset(token)

    def working(self: Any, event: Any, request_id: str, **named: Any) -> dict[str, Any]:
        given = _given.get()
        if given is not None:
            named[CARRIER] = {**(named.get(CARRIER) or {}), NAME: given}
        result: dict[str, Any] = work(self, event, request_id, **named)
        return result

    lambda_svc._invoke, lambda_runtime.Worker.invoke = invoked, working


def encoded(custom: dict[str, str]) -> str:
    """The header for a context with these values."""
    return base64.b64encode(json.dumps({"custom": custom}).encode()).decode()


def decoded(header: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.b64decode(header))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _filled(script: str, empty: str, filled: str) -> str:
    if script.count(empty) != 1:
        raise RuntimeError(f"ministack's worker does not have {empty}; update lambda_client_context.py")
    return script.replace(empty, filled)
