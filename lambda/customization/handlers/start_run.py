"""Handler of the starter: an upload (EventBridge) or a request of the deploy -> what was started or stopped."""

import os

from customization import invocation
from customization.start_run import RunStarter, customization_of, starts_a_run
from kit_contract.environment import KIT_DEPLOYMENT, STATE_MACHINE_ARN
from kit_contract.run_events import StartRequest, StartResult, StopRequest, StopResult, UploadEvent


def handler(event: UploadEvent | StartRequest | StopRequest, context: object) -> StartResult | StopResult:
    return invocation.logged("start_run", lambda: _answer(event))


def _answer(event: UploadEvent | StartRequest | StopRequest) -> StartResult | StopResult:
    starter = RunStarter(
        kit_deployment=os.environ[KIT_DEPLOYMENT],
        state_machine_arn=os.environ[STATE_MACHINE_ARN],
        bedrock=invocation.client("bedrock"),
        s3=invocation.client("s3"),
        ssm=invocation.client("ssm"),
        stepfunctions=invocation.client("stepfunctions"),
    )
    if "detail" in event:
        key = event["detail"]["object"]["key"]
        if not starts_a_run(key):
            return {"started": False, "reason": "no training data"}
        return starter.start(customization_of(key), key)
    if "stop" in event:
        return starter.stop(event["customization"])
    return starter.start(event["customization"], event["key"])
