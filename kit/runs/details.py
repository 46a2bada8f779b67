"""What a run was given and what became of it: its execution's input and output, and the objects that it wrote."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.recorded_run import RecordedRun
from kit.runs.steps import latest_step
from kit.runs.under_way import APPROVAL
from kit_contract import run_names
from kit_contract.aws_errors import code_of

AT_ONCE = 8
ABSENT = ("NoSuchKey", "404", "ExecutionDoesNotExist")


@dataclass(frozen=True)
class Details:
    """`input` is the Run of the latest execution that names its data, empty 90 days after its end.

    An execution that only promotes a run that a person chose has the settings of today, not those of the run.
    `cause` is the reason of the latest execution's failure.
    """

    run: RecordedRun
    input: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    cause: str = ""
    check: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    waits_for_approval: bool = False

    @property
    def status(self) -> str:
        """As a table shows it."""
        return "waiting for approval" if self.waits_for_approval else self.run.status

    @property
    def specification(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.input.get("specification", {})
        return found

    @property
    def base_model(self) -> str:
        """As the settings name it, or the end of the job's ARN of it."""
        named = self.specification.get("base_model") or self.metrics.get("base_model")
        job = self.run.job
        return str(named or (job.base_model_arn.rpartition("/")[2] if job else ""))

    @property
    def method(self) -> str:
        return str(self.specification.get("method") or (self.run.job.method if self.run.job else ""))

    @property
    def hyperparameters(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.specification.get("hyperparameters") or self.metrics.get("hyperparameters", {})
        return found

    @property
    def records(self) -> int | None:
        found = self.check.get("records")
        return found if isinstance(found, int) else None

    @property
    def tokens(self) -> int | None:
        """Of one epoch, as the check estimated them."""
        found = self.check.get("tokens")
        return found if isinstance(found, int) and found else None


def details_of(deployed: Deployed, runs: Sequence[RecordedRun], *, metrics: bool = False) -> list[Details]:
    """In the order of `runs`: two or three calls for each, some at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        _ = deployed.stepfunctions, deployed.s3  # clients are made in one thread
        return list(pool.map(lambda run: _details(deployed, run, metrics), runs))


def read_object(deployed: Deployed, run: RecordedRun, name: str) -> Mapping[str, Any]:
    """A JSON object that the run wrote, or an empty one."""
    key = f"{run_names.run_prefix(run.customization, run.run_id)}{name}"
    try:
        text = deployed.s3.get_object(Bucket=deployed.bucket, Key=key)["Body"].read()
        value = json.loads(text)
    except ValueError:
        return {}
    except Exception as error:
        if code_of(error) not in ABSENT:
            raise
        return {}
    return value if isinstance(value, dict) else {}


def _details(deployed: Deployed, run: RecordedRun, metrics: bool) -> Details:
    described = _described(deployed, run.latest.arn) if run.latest else {}
    given = _parsed(described.get("input"))
    for attempt in reversed(run.attempts[:-1]):
        if not given.get("chosen"):
            break
        given = _parsed(_described(deployed, attempt.arn).get("input"))
    return Details(
        run,
        {} if given.get("chosen") else given,
        described.get("error", ""),
        described.get("cause", ""),
        read_object(deployed, run, "check.json"),
        read_object(deployed, run, "metrics.json") if metrics else {},
        _waits_for_approval(deployed, run, described),
    )


def _waits_for_approval(deployed: Deployed, run: RecordedRun, described: Mapping[str, Any]) -> bool:
    """Only an evaluation asks a person."""
    if (
        run.status != "running"
        or not run.latest
        or not _parsed(described.get("input")).get("specification", {}).get("evaluation")
    ):
        return False
    step = latest_step(deployed.stepfunctions, run.latest.arn)
    return step is not None and step.name == APPROVAL


def _described(deployed: Deployed, arn: str) -> Mapping[str, Any]:
    """The execution, or an empty mapping once Step Functions has forgotten it."""
    try:
        return deployed.stepfunctions.describe_execution(executionArn=arn)
    except Exception as error:
        if code_of(error) not in ABSENT:
            raise
        return {}


def _parsed(text: Any) -> Mapping[str, Any]:
    value = json.loads(text) if isinstance(text, str) and text else {}
    return value if isinstance(value, dict) else {}
