"""A training run as AWS remembers it: its executions for 90 days after their end, its jobs, its model until deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

EXECUTION_STATUSES = {
    "RUNNING": "running",
    "PENDING_REDRIVE": "waiting to be redriven",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed out",
    "ABORTED": "stopped",
}
# Where no execution is left
JOB_STATUSES = {
    "InProgress": "training",
    "Stopping": "stopping",
    "Completed": "trained",
    "Failed": "failed",
    "Stopped": "stopped",
}
UNSUCCESSFUL = ("failed", "timed out", "stopped")


@dataclass(frozen=True)
class Attempt:
    """One execution of the run."""

    number: int
    name: str
    arn: str
    status: str
    started: datetime
    ended: datetime | None


@dataclass(frozen=True)
class Job:
    arn: str
    name: str
    status: str
    method: str
    base_model_arn: str
    created: datetime
    ended: datetime | None


@dataclass(frozen=True)
class Model:
    arn: str
    name: str
    status: str


@dataclass(frozen=True)
class RecordedRun:
    """`attempts` and `jobs` have the oldest first. `serves`: aliases; `promoted`: it was this customization's last one.

    `canary` is the percentage of an alias's requests that it gets on trial.
    """

    customization: str
    run_id: str
    attempts: tuple[Attempt, ...] = ()
    jobs: tuple[Job, ...] = ()
    model: Model | None = None
    serves: tuple[str, ...] = ()
    promoted: bool = False
    canary: Mapping[str, Any] | None = None

    @property
    def latest(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def job(self) -> Job | None:
        return self.jobs[-1] if self.jobs else None

    @property
    def status(self) -> str:
        """In words. One that is unknown is shown as AWS gives it."""
        if self.latest:
            return EXECUTION_STATUSES.get(self.latest.status, self.latest.status)
        if self.job:
            return JOB_STATUSES.get(self.job.status, self.job.status)
        return "trained"

    @property
    def started(self) -> datetime | None:
        times = [item.started for item in self.attempts[-1:]] or [item.created for item in self.jobs[-1:]]
        return times[0] if times else None

    @property
    def ended(self) -> datetime | None:
        return self.latest.ended if self.latest else self.job.ended if self.job else None

    @property
    def model_state(self) -> str:
        """What became of the model: "serves support-bot", "promoted", "candidate", "kept", "deleted", or nothing."""
        if self.serves:
            aliases = ", ".join(self.serves)
            return f"serves {aliases}" if self.model else f"deleted, and {aliases} still names it"
        if self.canary:
            return f"canary {self.canary.get('weight', '?')} % of {self.canary.get('alias', '?')}"
        if self.promoted:
            return "promoted"
        if self.model:
            if self.status == "running":  # nobody has decided yet
                return "candidate"
            return "kept" if self.model.status == "Active" else self.model.status.lower()
        return "deleted" if any(job.status == "Completed" for job in self.jobs) else ""
