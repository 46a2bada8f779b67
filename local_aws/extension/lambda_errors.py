"""Lambda errors carry the name of the exception, as on AWS, so that Step Functions can retry and catch by name.

ministack's Python workers report only the message, and every error is a Runtime.HandlerError.
"""

from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

REPORTED = '"error": str(e), "trace"'
NAMED = '"error": str(e), "error_type": type(e).__name__, "trace"'
UNNAMED = "Runtime.HandlerError"

# ministack drops the name between the worker's answer and the function's; both are made in one thread.
_error_type: ContextVar[str | None] = ContextVar("error_type", default=None)


def install() -> None:
    """Make the workers report the name, and pass it on in the response."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(REPORTED) != 1:
        raise RuntimeError(f"ministack's Python worker does not report {REPORTED}; update lambda_errors.py")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(REPORTED, NAMED)
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def remembering(self: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
        result: dict[str, Any] = invoke(self, *arguments, **named)
        _error_type.set(result.get("error_type"))
        return result

    def execute_named(*arguments: Any) -> dict[str, Any]:
        _error_type.set(None)
        answer: dict[str, Any] = execute(*arguments)
        body, name = answer.get("body"), _error_type.get()
        if name and isinstance(body, dict) and body.get("errorType") == UNNAMED:
            return {**answer, "body": {**body, "errorType": name}}
        return answer

    lambda_runtime.Worker.invoke = remembering
    lambda_svc._execute_function_warm = execute_named
