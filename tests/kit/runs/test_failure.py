"""Why a run failed, in words, and whether the same content may succeed when tried again."""

import json

import pytest

from kit.runs.failure import failure_of, job_status, message_in


def job(status: str = "Failed", message: str = "") -> str:
    """The cause of States.TaskFailed: the job's description, as Step Functions gives it."""
    return json.dumps({"JobArn": "arn:x", "JobName": "sup-support", "Status": status, "FailureMessage": message})


def function(message: str) -> str:
    return json.dumps({"errorType": "TrainingDataError", "errorMessage": message, "stackTrace": []})


@pytest.mark.parametrize(
    ("error", "cause", "what", "outside"),
    [
        ("TrainingDataError", function("a.jsonl:3: no answer"), "refused the data", False),
        ("TrainingDataError", function("a.jsonl was replaced after this run began"), "replaced", False),
        ("TrainingDataError", function("custom model a must be Active, got Creating"), "not usable", None),
        ("SameContentBusyError", "", "another customization", True),
        ("PromotionBusyError", "", "another promotion", True),
        ("PromotionError", function("the name is not ours"), "could not be put behind its alias", None),
        (
            "EvaluationError",
            function("evaluation job e-1 is Failed: Encountered throttling exception while serving the request"),
            "quota for the evaluator model",
            True,
        ),
        ("ImportFailed", "the header of model.safetensors is not a JSON object", "could not make the model", None),
        ("PromotionTimeout", "not ready after 120 polls", "not ready", True),
        ("ServiceQuotaExceededException", "", "quota", True),
        ("Bedrock.ServiceQuotaExceededException", "", "quota", True),
        ("Bedrock.ThrottlingException", "", "throttled", True),
        ("Bedrock.InternalServerException", "", "outage", True),
        ("Bedrock.AccessDeniedException", "", "refused the call", True),
        ("Bedrock.ValidationException", "epochCount", "settings of the job", False),
        ("Bedrock.ConflictException", "", "taken", None),
        ("Lambda.ServiceException", "", "Lambda", True),
        ("States.Timeout", "", "30 days", True),
        ("Stopped", "stopped by kit runs stop", "it was stopped", True),
        ("Removed", "", "was removed", True),
        ("States.TaskFailed", job(message="Could not validate GetObject permissions to access S3"), "role", True),
        ("States.TaskFailed", job(message="Amazon S3 perms missing (PutObject)"), "may not write", True),
        ("States.TaskFailed", job(message="Unable to parse Amazon S3 file: a.jsonl"), "refused a record", False),
        ("States.TaskFailed", job(message="Maximum input token count 4097 exceeds limit"), "refused a record", False),
        ("States.TaskFailed", job(message="Encountered an unexpected error, please try again"), "Bedrock failed", True),
        ("States.TaskFailed", job("Stopped"), "the job was stopped", True),
        ("States.TaskFailed", job(message="something new"), "the job failed", None),
        ("SomethingNew", "why", "a step failed", None),
        ("", "Automated tests flagged this fine-tuning job", "refused the data", False),
    ],
)
def test_a_failure_is_told_with_what_to_do(error: str, cause: str, what: str, outside: bool | None) -> None:
    failure = failure_of(error, cause)

    assert what in failure.what
    assert failure.outside is outside
    assert failure.fix


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (function("line 3:\n no answer"), "line 3: no answer"),
        (job(message="no capacity"), "no capacity"),
        (job(), "no reason given"),
        ("plain words", "plain words"),
        ("", "no reason given"),
        ("[1]", "[1]"),
    ],
)
def test_the_message_for_people_is_found(cause: str, message: str) -> None:
    assert message_in(cause) == message


def test_a_function_is_no_job() -> None:
    assert (job_status(function("no")), job_status(job("Stopped")), job_status("no")) == ("", "Stopped", "")
