"""Cancels one execution and its job. Unlike the removal of a customization, it leaves what is promoted alone."""

from typing import TYPE_CHECKING

from customization.jobs_in_progress import stop_jobs
from kit_contract.run_events import CancelRequest, StopResult

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_stepfunctions import SFNClient


def cancel_run(
    request: CancelRequest, *, kit_deployment: str, bedrock: "BedrockClient", stepfunctions: "SFNClient"
) -> StopResult:
    """A customization has one job at a time. Bedrock bills the tokens that it has processed."""
    arn, customization = request["cancel"], request["customization"]
    running = stepfunctions.describe_execution(executionArn=arn)["status"] == "RUNNING"
    if not running:  # another job of the customization may run
        return {"stopped": 0, "in_progress": []}
    stepfunctions.stop_execution(executionArn=arn, error="Stopped", cause="cancelled through the API")
    return {"stopped": 1, "in_progress": stop_jobs(bedrock, kit_deployment, customization)}
