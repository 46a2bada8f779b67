"""The account in memory with evaluation jobs: they end when a test says so, scores follow from the answers."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.customization.evaluation.account import Account, Answer, Refusal

ROLE = "arn:aws:iam::111122223333:role/jobs"
EVALUATOR = "amazon.nova-pro-v1:0"


class JobAccount(Account):
    """`not_applicable`: responses for which the judge gives no score."""

    def __init__(self, records: int = 30) -> None:
        super().__init__(records)
        self.jobs: list[dict[str, Any]] = []
        self.not_applicable: set[str] = set()

    def end(self, status: str = "Completed", message: str = "") -> None:
        """End every job that is under way."""
        for job in self.jobs:
            if job["status"] == "InProgress":
                job["status"], job["message"] = status, message
                if status == "Completed":
                    self._write(job)

    def judged(self) -> list[dict[str, Any]]:
        """The records of all jobs that were created."""
        return [record for job in self.jobs for record in self._records(job)]

    def _records(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        uri = job["config"]["dataset"]["datasetLocation"]["s3Uri"]
        return [json.loads(line) for line in self.objects[_key(uri)].splitlines()]

    def _write(self, job: dict[str, Any]) -> None:
        """In another order, one file for each metric, and white space that has changed: none of it is documented."""
        for name in job["config"]["metricNames"]:
            lines = [self._result(record, name) for record in self._records(job)[::-1]]
            place = f"{_key(job['output'])}{job['name']}/id/models/m/taskTypes/General/datasets/answers"
            self.objects[f"{place}/{name}_output.jsonl"] = "\n".join(map(json.dumps, lines)).encode()
        self.objects[f"{_key(job['output'])}{job['name']}/amazon-bedrock-evaluations-permission-check"] = b""

    def _result(self, record: dict[str, Any], name: str) -> dict[str, Any]:
        (said,) = record["modelResponses"]
        right: float | None = float(said["response"] == record["referenceResponse"])
        if said["response"] in self.not_applicable:
            right = None
        given = {**record, "prompt": f" {record['prompt']}\n"}
        return {
            "automatedEvaluationResult": {"scores": [{"metricName": name, "result": right}]},
            "inputRecord": given,
            "modelResponses": [said],
        }

    def _CreateEvaluationJob(self, given: Answer) -> Answer:
        for job in self.jobs:
            if job["token"] == given["clientRequestToken"]:
                return {"jobArn": job["arn"]}
        number = len(self.jobs)
        (config,) = given["evaluationConfig"]["automated"]["datasetMetricConfigs"]
        job = {
            "name": given["jobName"],
            "token": given["clientRequestToken"],
            "arn": f"arn:aws:bedrock:us-east-1:111122223333:evaluation-job/{number:012}",
            "config": config,
            "output": given["outputDataConfig"]["s3Uri"],
            "status": "InProgress",
            "created": datetime.now(UTC),
            "message": "",
        }
        self.jobs.append(job)
        return {"jobArn": job["arn"]}

    def _ListEvaluationJobs(self, given: Answer) -> Answer:
        found = [
            {"jobArn": job["arn"], "jobName": job["name"], "status": job["status"], "creationTime": job["created"]}
            for job in self.jobs
            if given["nameContains"] in job["name"] and given.get("statusEquals", job["status"]) == job["status"]
        ]
        return {"jobSummaries": found} if found else {}

    def _GetEvaluationJob(self, given: Answer) -> Answer:
        job = self._job(given)
        messages = {"failureMessages": [job["message"]]} if job["message"] else {}
        return {"status": job["status"], "jobName": job["name"], **messages}

    def _StopEvaluationJob(self, given: Answer) -> Answer:
        job = self._job(given)
        if job["status"] != "InProgress":
            raise Refusal("ConflictException", "The job has ended")
        job["status"] = "Stopped"
        return {}

    def _job(self, given: Answer) -> dict[str, Any]:
        return next(job for job in self.jobs if job["arn"] == given["jobIdentifier"])


def _key(uri: str) -> str:
    return uri.split("/", 3)[3]
