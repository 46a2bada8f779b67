"""Customization jobs of the fake Bedrock: hours long, tokens, Stopping, and the custom model at the end."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.cloudformation_harness.refusals import Refusal

PREFIX = "arn:aws:bedrock:us-east-1:111122223333:"
Given = Mapping[str, Any]
ENDED = ("Completed", "Failed", "Stopped")


@dataclass
class Job:
    arn: str
    given: dict[str, Any]
    created: float
    ends: float
    stopping: float | None = None
    failure: str = ""


class Jobs:
    """`hours` and `failure` are of the jobs to come; `stopping_seconds` is how long a stop takes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.all: list[Job] = []
        self.hours = 3.0
        self.failure = ""
        self.stopping_seconds = 120.0
        self.completed: Callable[[Job], None] = lambda job: None
        self._clock = clock
        self._tokens: dict[str, Job] = {}

    def create(self, given: Given) -> dict[str, Any]:
        known = self._tokens.get(given["clientRequestToken"])
        if known:
            return {"jobArn": known.arn}
        if any(job.given["jobName"] == given["jobName"] for job in self.all):
            raise Refusal("ConflictException", f"the name {given['jobName']} is in use")
        arn = f"{PREFIX}model-customization-job/amazon.nova-micro-v1:0:128k/{len(self.all):012d}"
        now = self._clock()
        job = Job(arn, copy.deepcopy(dict(given)), now, now + self.hours * 3600, failure=self.failure)
        self.all.append(job)
        self._tokens[given["clientRequestToken"]] = job
        return {"jobArn": arn}

    def get(self, given: Given) -> dict[str, Any]:
        job = self.find(given["jobIdentifier"])
        view = {
            "jobArn": job.arn,
            "jobName": job.given["jobName"],
            "outputModelName": job.given["customModelName"],
            "roleArn": job.given["roleArn"],
            "creationTime": _date(job.created),
            "baseModelArn": f"{PREFIX}base",
            "trainingDataConfig": job.given["trainingDataConfig"],
            "validationDataConfig": {"validators": []},
            "outputDataConfig": job.given["outputDataConfig"],
            "status": self.status(job),
        }
        if self.status(job) == "Failed":
            view["failureMessage"] = job.failure
        if self.status(job) == "Completed":
            view["outputModelArn"] = self.model_arn(job)
        return view

    def list_jobs(self, given: Given) -> dict[str, Any]:
        named = [job for job in self.all if given.get("nameContains", "") in job.given["jobName"]]
        shown = [job for job in named if given.get("statusEquals") in (None, self.status(job))]
        return {
            "modelCustomizationJobSummaries": [
                {
                    "jobArn": job.arn,
                    "jobName": job.given["jobName"],
                    "baseModelArn": f"{PREFIX}base",
                    "status": self.status(job),
                    "creationTime": _date(job.created),
                }
                for job in shown
            ]
        }

    def stop(self, given: Given) -> dict[str, Any]:
        job = self.find(given["jobIdentifier"])
        if self.status(job) != "InProgress":
            raise Refusal("ConflictException", f"the job is {self.status(job)}")
        job.stopping = self._clock()
        return {}

    def find(self, identifier: str) -> Job:
        for job in self.all:
            if identifier in (job.arn, job.given["jobName"]):
                return job
        raise Refusal("ResourceNotFoundException", f"{identifier} is not there")

    def status(self, job: Job) -> str:
        now = self._clock()
        if job.stopping is not None:
            return "Stopping" if now < job.stopping + self.stopping_seconds else "Stopped"
        if now < job.ends:
            return "InProgress"
        if not job.failure:
            self.completed(job)
        return "Failed" if job.failure else "Completed"

    def in_progress(self) -> list[Job]:
        return [job for job in self.all if self.status(job) not in ENDED]

    @staticmethod
    def model_arn(job: Job) -> str:
        return f"{PREFIX}custom-model/amazon.nova-micro-v1:0:128k/{job.given['customModelName']}"


def _date(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
