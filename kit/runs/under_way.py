"""What a running execution does now: its state and, while a job trains, the job's stage."""

from collections.abc import Mapping
from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.recorded_run import Attempt, RecordedRun
from kit.runs.steps import latest_step

# Of the states of the training workflow (bedrock_constructs/customization/states.py); others are shown by their names.
IN_WORDS = {
    "CheckData": "checking the data",
    "RecordMetrics": "recording the metrics",
    "Promote": "promoting the model",
    "WaitForPromotion": "waiting for the model to be ready to serve",
    "PromotionStatus": "waiting for the model to be ready to serve",
    "PublishAlias": "switching the alias to the model",
}
STAGES = {
    "validationDetails": "Bedrock validates the data",
    "dataProcessingDetails": "Bedrock processes the data",
    "trainingDetails": "training",
}
QUEUED = "the job waits in Bedrock's queue"


def what_happens(deployed: Deployed, run: RecordedRun, attempt: Attempt) -> str:
    step = latest_step(deployed, attempt.arn)
    if step is None:
        return "starting"
    if step.name.startswith("Train") and (stage := _stage(deployed, run, attempt)):
        return stage
    return IN_WORDS.get(step.name, step.name)


def _stage(deployed: Deployed, run: RecordedRun, attempt: Attempt) -> str:
    jobs = deployed.bedrock.list_model_customization_jobs(
        nameContains=run.run_id, sortBy="CreationTime", sortOrder="Descending", creationTimeAfter=attempt.started
    )["modelCustomizationJobSummaries"]
    if not jobs:
        return "waiting to create the job: quota or throttling"
    details: Mapping[str, Any] = jobs[0].get("statusDetails", {})
    begun = [text for key, text in STAGES.items() if details.get(key, {}).get("status") == "InProgress"]
    return begun[-1] if begun else QUEUED
