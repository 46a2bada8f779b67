"""Lambda's quotas: 4 KB of environment variables, and the size of a payload.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html. The messages are Lambda's own, as in
https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594 (environment),
https://github.com/awslabs/aws-athena-query-federation/issues/793 (request) and
https://github.com/faultline/faultline/issues/12 (asynchronous request). ministack has no quotas.
"""

import json
from typing import Any

from ministack import app
from ministack.core.responses import error_response_json
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

ENVIRONMENT_BYTES = 4_096
REQUEST_BYTES = 6 * 1024 * 1024
ASYNCHRONOUS_BYTES = 1024 * 1024
RESPONSE_BYTES = REQUEST_BYTES + 100
Response = tuple[int, dict[str, Any], bytes]


def install() -> None:
    """Check Lambda's API, and the function of CloudFormation, which ministack writes without calling Lambda."""
    create, update, provision = lambda_svc._create_function, lambda_svc._update_config, provisioners._lambda_create

    def created(data: dict[str, Any]) -> Response:
        refused = environment_refusal(data)
        return _refusal(refused) if refused else create(data)

    def updated(name: str, data: dict[str, Any]) -> Response:
        refused = environment_refusal(data)
        return _refusal(refused) if refused else update(name, data)

    def provisioned(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        if refused := environment_refusal(properties):
            raise ValueError(refused)
        return provision(logical_id, properties, stack_name)

    lambda_svc._create_function, lambda_svc._update_config = created, updated
    provisioners._lambda_create = provisioned
    provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]["create"] = provisioned
    _limit_requests()
    _limit_responses()


def environment_refusal(function: dict[str, Any]) -> str | None:
    """Lambda's message where the variables are too large as compact JSON, which is what Lambda measures."""
    measured = compact((function.get("Environment") or {}).get("Variables") or {})
    if len(measured.encode()) <= ENVIRONMENT_BYTES:
        return None
    return (
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        f"exceeded the 4KB limit. String measured: {measured}"
    )


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _refusal(message: str) -> Response:
    response: Response = error_response_json("InvalidParameterValueException", message, 400)
    return response


def _limit_requests() -> None:
    behind = app.SERVICE_HANDLERS["lambda"]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        if path.rstrip("/").endswith("/invocations"):
            asynchronous = headers.get("x-amz-invocation-type") == "Event"
            limit = ASYNCHRONOUS_BYTES if asynchronous else REQUEST_BYTES
            if len(body) > limit:
                message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
                if asynchronous:
                    message = (
                        f"{len(body)} byte payload is too large for the Event invocation type (limit {limit} bytes)"
                    )
                refused: Response = error_response_json("RequestEntityTooLargeException", message, 413)
                return refused
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS["lambda"] = handle


def _limit_responses() -> None:
    execute = lambda_svc._execute_function_warm

    def executed(*arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = execute(*arguments)
        size = len(compact(answer.get("body")).encode()) if not isinstance(answer.get("body"), bytes) else 0
        if size <= RESPONSE_BYTES:
            return answer
        message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes)."
        return {
            **answer,
            "error": True,
            "body": {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"},
        }

    lambda_svc._execute_function_warm = executed
