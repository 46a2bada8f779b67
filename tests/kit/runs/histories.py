"""Histories of executions as Step Functions returns them (API reference, HistoryEvent)."""

from datetime import UTC, datetime, timedelta
from typing import Any


def history(*events: tuple[str, Any]) -> list[dict[str, Any]]:
    """Of (type, state's name or (error, cause)), a second after each other, the last one now."""
    begin = datetime.now(UTC) - timedelta(seconds=len(events) - 1)
    return [_event(number, begin, *event) for number, event in enumerate(events)]


def _event(number: int, begin: Any, kind: str, given: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"id": number + 1, "type": kind, "timestamp": begin + timedelta(seconds=number)}
    if kind.endswith("StateEntered"):
        event["stateEnteredEventDetails"] = {"name": given}
    elif kind.endswith("StateExited"):
        event["stateExitedEventDetails"] = {"name": given}
    elif given:
        details = f"{kind[0].lower()}{kind[1:]}EventDetails"
        event[details] = dict(zip(("error", "cause"), given, strict=True))
    return event


FAILED = history(
    ("ExecutionStarted", None),
    ("TaskStateEntered", "CheckData"),
    ("LambdaFunctionScheduled", None),
    ("LambdaFunctionFailed", ("Lambda.ServiceException", "once")),
    ("LambdaFunctionScheduled", None),
    ("LambdaFunctionSucceeded", None),
    ("TaskStateExited", "CheckData"),
    ("ChoiceStateEntered", "TrainedBefore"),
    ("ChoiceStateExited", "TrainedBefore"),
    ("TaskStateEntered", "Train"),
    ("TaskSubmitFailed", ("Bedrock.ServiceQuotaExceededException", "10 jobs")),
    ("TaskFailed", ("States.TaskFailed", '{"FailureMessage": "no capacity", "JobArn": "arn:x"}')),
    ("TaskStateExited", "Train"),
    ("FailStateEntered", "Failed"),
    ("ExecutionFailed", ("States.TaskFailed", "")),
)
POLLED = history(
    ("TaskStateEntered", "Promote"),
    ("TaskStateExited", "Promote"),
    ("TaskStateEntered", "PromotionStatus"),
    ("TaskStateExited", "PromotionStatus"),
    ("WaitStateEntered", "WaitForPromotion"),
    ("WaitStateExited", "WaitForPromotion"),
    ("TaskStateEntered", "PromotionStatus"),
    ("TaskStateExited", "PromotionStatus"),
    ("WaitStateEntered", "WaitForPromotion"),
)
