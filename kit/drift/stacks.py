"""What CloudFormation finds: properties that somebody changed and resources that somebody deleted.

It compares what the template sets, of the types that support it; custom resources are looked at by kit/drift/own.py.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from kit.drift.finding import Finding, Kind
from kit_contract.aws_errors import message_of
from kit_contract.parameters import last_ingestion

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

DEPLOY = "kit deploy restores a property only if the template changes it; set it back, or put it into deployment.toml"
DELETED = "kit deploy makes it again, or docs/reliability.md says how: What was deleted by hand"
LAST_INGESTION = last_ingestion("", "").rpartition("/")[2]
POLL_SECONDS, LONGEST_SECONDS = 3.0, 900.0


def drift_of_stacks(
    cloudformation: "CloudFormationClient", stacks: Sequence[str], sleep: Callable[[float], None] = time.sleep
) -> Iterator[Finding]:
    """Of each of `stacks`. All detections run at the same time. Raises botocore's errors."""
    begun: dict[str, str] = {}
    for stack in stacks:
        try:
            begun[stack] = cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
        except ClientError as error:
            absent = "does not exist" in message_of(error)
            if not absent and "ValidationError" not in str(error):
                raise
            why = "it is not deployed" if absent else message_of(error)
            yield Finding(Kind.STACK, stack, why, "kit deploy")
    for stack, detection in begun.items():
        yield from _found(cloudformation, stack, detection, sleep)


def _found(
    cloudformation: "CloudFormationClient", stack: str, detection: str, sleep: Callable[[float], None]
) -> Iterator[Finding]:
    status = _ended(cloudformation, detection, sleep)
    if status["DetectionStatus"] != "DETECTION_COMPLETE":
        why = status.get("DetectionStatusReason") or "drift detection took longer than 15 minutes"
        yield Finding(Kind.UNKNOWN, stack, why)
    token: dict[str, Any] = {}
    while True:
        page = cloudformation.describe_stack_resource_drifts(
            StackName=stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], **token
        )
        yield from (_finding(stack, drift) for drift in page["StackResourceDrifts"] if not _written_by_kit(drift))
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _ended(cloudformation: "CloudFormationClient", detection: str, sleep: Callable[[float], None]) -> Any:
    waited = 0.0
    while True:
        status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if status["DetectionStatus"] != "DETECTION_IN_PROGRESS" or waited >= LONGEST_SECONDS:
            return status
        sleep(POLL_SECONDS)
        waited += POLL_SECONDS


def _finding(stack: str, drift: Any) -> Finding:
    what = f"{stack}: {drift['LogicalResourceId']} ({drift['ResourceType']})"
    if drift["StackResourceDriftStatus"] == "DELETED":
        return Finding(Kind.STACK, what, "it was deleted", DELETED)
    changed = [
        f"{item['PropertyPath']} is {_short(item['ActualValue'])}, deployed as {_short(item['ExpectedValue'])}"
        for item in drift.get("PropertyDifferences", [])
    ]
    return Finding(Kind.STACK, what, "; ".join(changed) or "it was changed", DEPLOY)


def _written_by_kit(drift: Any) -> bool:
    """The template has the first value of this parameter; each ingestion writes another one."""
    return str(drift.get("PhysicalResourceId", "")).endswith(LAST_INGESTION) and (
        drift["StackResourceDriftStatus"] == "MODIFIED"
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
