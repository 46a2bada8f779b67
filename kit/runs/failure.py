"""Why a run failed in plain words, what to do about it, and whether the same content may succeed when tried again.

Messages of jobs: https://docs.aws.amazon.com/bedrock/latest/userguide/fine-tuning-troubleshooting.html
"""

import json
import re
from typing import NamedTuple

from kit.runs.words import one_line

CHECK = "correct the records (kit data check shows them all), then deploy or upload again"
AGAIN = "try again: kit runs retry"
QUOTA = "wait, or ask for more in Service Quotas (Amazon Bedrock), then kit runs retry"
READ = "read the message; if it names nothing of yours, try again: kit runs retry"
ACCESS = "check the role and the region (kit verify), deploy, then kit runs retry"

COMMAND = re.compile(r"kit runs (?:retry|delete)")


class Failure(NamedTuple):
    """`outside`: the content was not the reason, as far as AWS says; None if it does not say."""

    what: str
    fix: str
    outside: bool | None


Row = tuple[str, str, str, bool | None]
# The first that matches the error's name, or else the message of the job or step.
BY_ERROR: tuple[Row, ...] = (
    (
        r"^SameContentBusyError$",
        "another customization trains the same content",
        "wait for it, then kit runs retry",
        True,
    ),
    (r"^Parent(Busy|Failed)Error$", "the model that it trains further is not there", READ, True),
    (r"^PromotionBusyError$", "another promotion of this customization was still under way", AGAIN, True),
    (r"^PromotionTimeout$", "the target was not ready after an hour", f"look at it in Bedrock, then {AGAIN}", True),
    (
        r"(Bedrock\.)?ServiceQuotaExceeded",
        "a quota of the account was used up for as long as the run waited",
        QUOTA,
        True,
    ),
    (r"^(Bedrock\.)?(Throttl|TooManyRequests)", "AWS throttled the account for longer than the run tried", AGAIN, True),
    (r"^(Bedrock\.)?(InternalServer|ServiceUnavailable|SdkClient)", "the service had an outage", AGAIN, True),
    (r"^PromotionReturned$", "the model served and was taken back; the last good model serves", READ, None),
    (r"^(SmokeTest|Canary)Error$", "the model did worse on trial than what serves", READ, None),
    (r"^TooFewRequestsError$", "its trial saw too few requests to decide", AGAIN, True),
    (r"^Lambda\.", "Lambda could not run the step", AGAIN, True),
    (r"^(Bedrock\.)?AccessDenied", "AWS refused the call", ACCESS, True),
    (r"^States\.Timeout|TimedOut$", "the run took longer than an execution may, 30 days", AGAIN, True),
    (r"^Removed$", "the customization was removed while it ran", "add it to deployment.toml again and deploy", True),
    (r"^Stopped$", "it was stopped", AGAIN, True),
    (
        r"Bedrock\.Validation",
        "Bedrock refused the settings of the job",
        "change the settings that it names, then deploy",
        False,
    ),
    (r"^(Copy|Register|Import)Failed$", "Bedrock could not make the model", READ, None),
    (r"^ExternalModelError$", "the source of the model is not usable", "follow the message, then deploy", False),
    (r"^Bedrock\.ResourceNotFound", "the source is not there, or not shared with this account", READ, None),
    (r"^Bedrock\.Conflict", "the name of the job or model is taken", READ, None),
    (
        r"^PromotionError$",
        "the model is there, but could not be put behind its alias",
        f"follow the message, then {AGAIN}",
        None,
    ),
)
BY_MESSAGE: tuple[Row, ...] = (
    (
        "was replaced after this run began",
        "the data was replaced during the run",
        "nothing: the new data has its own run",
        False,
    ),
    (
        "must be Active, got",
        "a model of this run exists and is not usable",
        "wait for it or delete it: kit runs delete",
        None,
    ),
    (
        "^evaluation job .*throttling exception",
        "the account's quota for the evaluator model is too low",
        QUOTA,
        True,
    ),
    (r"GetObject permissions", "the job's role may not read the data, or it lies in another region", ACCESS, True),
    (r"PutObject", "the job's role may not write its results", ACCESS, True),
    (r"Unable to parse|Input size exceeded|Max(imum)? (input|output|sum)", "Bedrock refused a record", CHECK, False),
    (r"third-party license|Automated tests flagged", "Bedrock's tests of the content refused the data", CHECK, False),
    (r"unexpected error|internal (server )?error", "Bedrock failed, and says to try again", AGAIN, True),
    (r"quota|limit exceeded", "a quota of the account was used up", QUOTA, True),
)


def failure_of(error: str, cause: str, run: str = "") -> Failure:
    """`run`: its id, for the commands that `fix` names."""
    found = _failure_of(error, cause)
    return found._replace(fix=COMMAND.sub(rf"\g<0> {run}", found.fix)) if run else found


def _failure_of(error: str, cause: str) -> Failure:
    message = message_in(cause)
    if error == "TrainingDataError":
        known = _first(BY_MESSAGE[:2], message)
        return known or Failure("the check refused the data, before anything was paid for", CHECK, False)
    found = _first(BY_ERROR, error) or _first(BY_MESSAGE, message)
    if found:
        return found
    if job_status(cause) == "Stopped":
        return Failure("the job was stopped", AGAIN, True)
    return Failure("the job failed" if job_status(cause) else "a step failed", READ, None)


def message_in(cause: str) -> str:
    """The message for people in a cause: of a job's description, or of a function's error."""
    value = _object(cause)
    text = value.get("FailureMessage") or value.get("errorMessage") or ("" if value else cause)
    return one_line(str(text)) if text else "no reason given"


def job_status(cause: str) -> str:
    """Of a cause that is a job's description; else empty."""
    value = _object(cause)
    return str(value.get("Status", "")) if "JobArn" in value or "JobName" in value else ""


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _first(rows: tuple[Row, ...], text: str) -> Failure | None:
    return next((Failure(*row[1:]) for row in rows if re.search(row[0], text, re.IGNORECASE)), None)
