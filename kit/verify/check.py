"""What a check is, and how one is run: a failure of AWS is a finding of its own, the end of your session ends all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from botocore.exceptions import BotoCoreError, ClientError

from kit.aws_advice import LOG_IN, advice_for
from kit.verify.place import Place
from kit_contract.aws_errors import says_denied


class Verdict(Enum):
    HOLDS = "holds"
    FALSE = "does not hold"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Finding:
    """`subject` is what was looked at: a model, a stack, a quota. `reason`: what was seen, and what to do about it."""

    subject: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class Check:
    """`claim` is that of its row in docs/verification.md; `actions` are the IAM actions that it needs.

    `find` yields nothing where the file uses nothing of the kind, or nothing is deployed yet.
    """

    name: str
    claim: str
    actions: tuple[str, ...]
    find: Callable[[Place], Iterable[Finding]]


@dataclass(frozen=True)
class Result:
    check: Check
    findings: tuple[Finding, ...]


def holds(subject: str, reason: str = "") -> Finding:
    return Finding(subject, Verdict.HOLDS, reason)


def false(subject: str, reason: str) -> Finding:
    return Finding(subject, Verdict.FALSE, reason)


def unknown(subject: str, reason: str) -> Finding:
    return Finding(subject, Verdict.UNKNOWN, reason)


def run_check(check: Check, place: Place) -> Result:
    """Raises botocore's error if the session has ended."""
    return Result(check, tuple(_findings(check, place)))


def _findings(check: Check, place: Place) -> Iterator[Finding]:
    try:
        yield from check.find(place)
    except (ClientError, BotoCoreError) as error:
        if LOG_IN in advice_for(error):
            raise
        text = " ".join(str(error).split()).rstrip(": .")
        yield unknown("-", f"{text}; allow {', '.join(check.actions)}" if says_denied(error) else text)
