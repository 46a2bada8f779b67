"""`kit runs watch`: follows a run to its end. Exit codes: 0 promoted, 1 failed, 3 its model was kept, 4 stopped.

Ctrl-C, a lost network or the end of your session leave the run alone.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

from kit.hint import as_given
from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.chosen import chosen_run
from kit.runs.deployed import Deployed
from kit.runs.failure import failure_of, message_in
from kit.runs.recorded_run import Attempt, RecordedRun
from kit.runs.under_way import what_happens
from kit.runs.words import duration
from kit_contract.aws_errors import code_of, status_of
from kit_contract.errors import InputError

PROMOTED, FAILED, KEPT, STOPPED, INTERRUPTED = 0, 1, 3, 4, 130
LONGEST_PAUSE = 60.0
QUIET = 600.0  # seconds after which a log gets a line without news: some pipelines end what is silent
ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "RequestTimeout")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_name", metavar="RUN", help=RUN)


def run(options: argparse.Namespace) -> int:
    deployed, found = chosen_run(options)
    if found.latest is None:
        raise InputError(
            f"run {found.run_id} has no execution to watch: it ended more than 90 days ago; see kit runs show "
            f"{found.run_id}"
        )
    say = _JsonLines(found) if options.json else _Lines()
    try:
        described = _follow(deployed, found, found.latest, say, local=options.local)
    except KeyboardInterrupt:
        code, text = INTERRUPTED, f"the run goes on; to watch it again: kit runs watch {found.run_id}"
    else:
        code, text = _outcome(found, described)
    return say.end(code, as_given(text, options))


def _follow(deployed: Deployed, found: RecordedRun, attempt: Attempt, say: "Saying", *, local: bool) -> dict[str, Any]:
    """The execution's description once it has ended."""
    pause = shortest = 0.5 if local else 5.0
    while True:
        try:
            described: dict[str, Any] = dict(deployed.stepfunctions.describe_execution(executionArn=attempt.arn))
            if described["status"] in ENDED:
                return described
            say.now(what_happens(deployed, found, attempt), duration(attempt.started, None))
            pause = min(LONGEST_PAUSE, max(shortest, (time.time() - attempt.started.timestamp()) / 60))
        except Exception as error:
            if not is_transient(error):
                raise
            pause = min(LONGEST_PAUSE, pause * 2)
            say.now(f"AWS does not answer ({type(error).__name__}); the run goes on, and so does this", "")
        time.sleep(pause)


def _outcome(found: RecordedRun, described: dict[str, Any]) -> tuple[int, str]:
    """The exit code, and what became of it in words."""
    status, output = described["status"], json.loads(described.get("output") or "{}")
    took = duration(described["startDate"], described.get("stopDate"))
    if status == "SUCCEEDED":
        if "published" in output:
            alias = output["published"].get("alias", "the alias")
            return PROMOTED, f"succeeded after {took}: {alias} is served by its model"
        reason = output.get("evaluation", {}).get("verdict", {}).get("reason") or f"see kit runs show {found.run_id}"
        return KEPT, f"succeeded after {took}: the model is kept and does not serve: {reason}"
    error, cause = described.get("error", ""), described.get("cause", "")
    if status == "ABORTED":
        return STOPPED, f"stopped after {took}{f': {message_in(cause)}' if cause else ''}"
    failure = failure_of(error, cause, found.run_id)
    return FAILED, f"failed after {took}: {failure.what}: {message_in(cause)}\n{failure.fix}"


class Saying(Protocol):
    def now(self, what: str, since: str) -> None: ...

    def end(self, code: int, text: str) -> int:
        """Returns `code`."""


class _Lines:
    """On a terminal the last line is drawn again with the time; elsewhere a line is printed for each change."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._redraws = sys.stdout.isatty() and not os.environ.get("CI")
        self._clock = clock
        self._said, self._at = "", clock()

    def now(self, what: str, since: str) -> None:
        text = f"{since:>12}  {what}"
        changed = what != self._said
        if self._redraws:
            end = "\n" if changed and self._said else ""
            print(f"{end}\r\033[K{text}", end="", flush=True)
        elif changed or self._clock() - self._at >= QUIET:
            print(text, flush=True)
            self._at = self._clock()
        self._said = what

    def end(self, code: int, text: str) -> int:
        print(f"{chr(10) if self._redraws and self._said else ''}{text}", flush=True)
        return code


class _JsonLines:
    """One object a line for each change."""

    def __init__(self, found: RecordedRun) -> None:
        self._name = {"customization": found.customization, "run_id": found.run_id}
        self._said = ""

    def now(self, what: str, since: str) -> None:
        if what != self._said:
            print(json.dumps({**self._name, "now": what}), flush=True)
        self._said = what

    def end(self, code: int, text: str) -> int:
        print(json.dumps({**self._name, "ended": text, "code": code}), flush=True)
        return code


def is_transient(error: Exception) -> bool:
    """Says nothing about the run: throttling, an outage, a network that is gone for a while."""
    from botocore.exceptions import ConnectionError as NoConnectionError
    from botocore.exceptions import HTTPClientError

    if isinstance(error, NoConnectionError | HTTPClientError):
        return True
    return code_of(error).startswith(THROTTLED) or status_of(error) == 429 or status_of(error) >= 500
