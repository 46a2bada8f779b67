"""Step Functions' integrations of Bedrock: createModelCustomizationJob with and without .sync, aws-sdk; task tokens.

A state that ends before its job (StopExecution, a timeout, a failed parallel branch) stops the job, as AWS does.
A function that is called with a task token and fails fails its state, and TimeoutSecondsPath ends the waiting:
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html (TimeoutSecondsPath)
"""

import json
import time
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from ministack import app
from ministack.services import stepfunctions

from kit_contract.partitions import PARTITIONS
from local_aws.extension import sdk_integration

RESOURCES = [f"arn:{partition}:states:::bedrock:createModelCustomizationJob" for partition in PARTITIONS]
POLL_SECONDS = 0.2
MAPS = ("hyperparameters", "equals", "notequals")

# ministack passes an integration only its parameters. Its threads copy the context, which carries the execution.
_execution_arn: ContextVar[str | None] = ContextVar("execution_arn", default=None)
_task_token: ContextVar[str | None] = ContextVar("task_token", default=None)


def install() -> None:
    """Register the integration beside ministack's own."""
    run, fail = stepfunctions._run_execution, stepfunctions._fail_execution

    def run_execution(execution_arn: str) -> None:
        _execution_arn.set(execution_arn)
        run(execution_arn)

    def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":  # ministack turns an aborted execution into a failed one
            fail(execution, error, cause)

    stepfunctions._run_execution = run_execution
    stepfunctions._fail_execution = fail_execution
    _wait_as_aws_does()
    stepfunctions._SERVICE_DISPATCH.update(dict.fromkeys(RESOURCES, create_model_customization_job))
    stepfunctions._SERVICE_DISPATCH.update(dict.fromkeys(sdk_integration.RESOURCES, call_bedrock))


def _wait_as_aws_does() -> None:
    execute, wait, call = stepfunctions._execute_task, stepfunctions._invoke_with_callback, stepfunctions._call_lambda

    def execute_task(state: dict[str, Any], raw_input: Any, execution: Any, context: Any) -> Any:
        if "TimeoutSecondsPath" in state:
            seconds = stepfunctions._resolve_path(state["TimeoutSecondsPath"], raw_input)
            state = {**state, "TimeoutSeconds": int(seconds)}
        return execute(state, raw_input, execution, context)

    def invoke_with_callback(resource: str, given: Any, token: str, state: dict[str, Any]) -> Any:
        _task_token.set(token)
        return wait(resource, given, token, state)

    def call_lambda(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except stepfunctions._ExecutionError as error:  # ministack swallows it and goes on waiting
            if waiting := stepfunctions._task_tokens.get(_task_token.get()):
                waiting["error"] = {"Error": error.error, "Cause": error.cause}
                waiting["event"].set()
            raise

    stepfunctions._call_lambda = call_lambda
    stepfunctions._execute_task = execute_task
    stepfunctions._invoke_with_callback = invoke_with_callback


def create_model_customization_job(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Create the job; with .sync, wait for it and return its description. Runs in the execution's thread."""
    created = _call("POST", "/model-customization-jobs", _keys(parameters, str.lower))
    if not resource.endswith(".sync"):
        answer: dict[str, Any] = _keys(created, str.upper)
        return answer
    path = f"/model-customization-jobs/{quote(created['jobArn'], safe='')}"
    while True:
        job = _call("GET", path, None)
        if job["status"] == "Completed":
            described: dict[str, Any] = _keys(job, str.upper)
            return described
        if job["status"] in ("Failed", "Stopped"):
            raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(_keys(job, str.upper)))
        if _execution_ended():
            _call("POST", f"{path}/stop", {})
            raise stepfunctions._ExecutionError("States.TaskFailed", "the execution ended; the job is being stopped")
        time.sleep(POLL_SECONDS)


def call_bedrock(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Any operation of Bedrock, as aws-sdk:bedrock:<operation>."""
    method, path, body = sdk_integration.request_of(resource, _keys(parameters, str.lower))
    answer: dict[str, Any] = _keys(_call(method, path, body if method != "GET" else None), str.upper)
    return answer


def _execution_ended() -> bool:
    execution = stepfunctions._executions.get(_execution_arn.get())
    return execution is not None and execution["status"] != "RUNNING"


def _call(method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    handler = app.SERVICE_HANDLERS["bedrock"]
    content = json.dumps(body).encode() if body is not None else b""
    status, _, answer = app.call_service_handler_sync(handler, method, path, {}, content, {})
    parsed: dict[str, Any] = json.loads(answer or b"{}")
    if status >= 400:
        code = parsed.get("__type", "ServiceException")
        raise stepfunctions._ExecutionError(f"Bedrock.{code}", parsed.get("message", ""))
    return parsed


def _keys(value: Any, change: Any, *, inside: str = "", above: str = "") -> Any:
    """Change the case of the first letter of every member name. The keys of maps are no member names: those of the
    job's hyperparameters (not those of RftConfig, a structure) and of request metadata.
    """
    if isinstance(value, list):
        return [_keys(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    if inside.lower() in MAPS and above.lower() != "rftconfig":
        return value
    return {change(key[0]) + key[1:]: _keys(item, change, inside=key, above=inside) for key, item in value.items()}
