"""What a running execution does now: its state and, while a job trains, the job's stage."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.recorded_run import Attempt, RecordedRun
from kit.runs.steps import latest_step

APPROVAL = "RequestApproval"
# Of the states that make an external model: a request, and looks until there is a verdict.
VERBS = {
    "Copy": "Bedrock copies the model",
    "Register": "Bedrock makes a custom model of it",
    "Import": "Bedrock imports the model",
}
LOOKS = ("Begin", "Wait", "Status", "Choice", "Longer")
# States of the training workflow (bedrock_constructs/customization/); others are shown by their names.
IN_WORDS = {
    "CheckData": "checking the data",
    **{f"{verb}{look}": words for verb, words in VERBS.items() for look in ("", "Adopt", *LOOKS)},
    "RecordMetrics": "recording the metrics",
    "PrepareEvaluation": "deploying the model as a candidate, for its evaluation",
    "Ask": "asking the candidate and what serves now",
    "Judge": "evaluation jobs judge the answers",
    "WaitForEvaluationJobs": "evaluation jobs judge the answers",
    "Score": "scoring the answers",
    APPROVAL: "waiting for an approval",
    "BeginPromotion": "deploying the model as a candidate",
    "WaitForCandidate": "deploying the model as a candidate",
    "CandidateStatus": "deploying the model as a candidate",
    "SmokeTest": "asking the candidate the smoke prompts",
    "OpenCanary": "giving the candidate a share of the requests",
    "WaitForCanary": "the candidate answers a share of the requests",
    "CompareCanary": "the candidate answers a share of the requests",
    "WaitForWatch": "the model serves, and is watched",
    "Watch": "the model serves, and is watched",
    "Promote": "promoting the model",
    "WaitForPromotion": "waiting for the model to be ready to serve",
    "PromotionStatus": "waiting for the model to be ready to serve",
    "PublishAlias": "switching the alias to the model",
}
JOB_STATES = ("Train", "Distill", "Reinforce")  # a state for each kind of job
STAGES = {
    "validationDetails": "Bedrock validates the data",
    "dataProcessingDetails": "Bedrock processes the data",
    "trainingDetails": "training",
}
QUEUED = "the job waits in Bedrock's queue"
CREATING, WAITING = "creating the job", "waiting to create the job: a quota is used up, or Bedrock throttles"
SOON = timedelta(minutes=1)


def what_happens(deployed: Deployed, run: RecordedRun, attempt: Attempt) -> str:
    step = latest_step(deployed.stepfunctions, attempt.arn)
    if step is None:
        return "starting"
    if step.name in IN_WORDS:
        return IN_WORDS[step.name]
    job = _job(deployed, run, attempt)
    if job and job["status"] == "InProgress":
        return _stage(job.get("statusDetails", {}))
    if not step.name.startswith(JOB_STATES):
        return step.name
    if job:
        return f"the job is {job['status'].lower()}"
    return WAITING if datetime.now(UTC) - step.began > SOON else CREATING


def _job(deployed: Deployed, run: RecordedRun, attempt: Attempt) -> Mapping[str, Any] | None:
    """This attempt's, whose name has the execution's."""
    listed = deployed.bedrock.list_model_customization_jobs(
        nameContains=run.run_id, sortBy="CreationTime", sortOrder="Descending"
    )["modelCustomizationJobSummaries"]
    own = re.compile(rf".*{re.escape(attempt.name.removeprefix(run.customization))}-\d{{14}}")
    return next((job for job in listed if own.fullmatch(job["jobName"])), None)


def _stage(details: Mapping[str, Any]) -> str:
    begun = [text for key, text in STAGES.items() if details.get(key, {}).get("status") == "InProgress"]
    return begun[-1] if begun else QUEUED
