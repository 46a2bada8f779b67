"""How far a run is, for `kit local up`: the workflow's state and, while a job trains, the job's stage."""

from typing import Any

from kit.runs.steps import latest_step
from kit.runs.under_way import IN_WORDS
from kit_contract import run_names

STAGES = {"validationDetails": "validation", "dataProcessingDetails": "data processing", "trainingDetails": "training"}
# States of a trial, which take the minutes of deployment.toml
TRIALS = ("WaitForCanary", "CompareCanary", "WaitForWatch", "Watch")


def jobs_of(clients: Any, execution: str) -> list[dict[str, Any]]:
    """The jobs of the execution's run, the newest first: each name has the run id."""
    run = run_names.run_of(execution)
    listed = clients("bedrock").list_model_customization_jobs(
        nameContains=run, sortBy="CreationTime", sortOrder="Descending"
    )
    jobs: list[dict[str, Any]] = listed["modelCustomizationJobSummaries"]
    return jobs if run else []


def run_progress(clients: Any, execution: str) -> tuple[float, str]:
    """A share from 0 to 1, and what happens."""
    step = latest_step(clients("stepfunctions"), execution)
    jobs = jobs_of(clients, execution)
    if step and step.name in IN_WORDS:
        return 0.9 if jobs else 0.02, IN_WORDS[step.name]
    if not jobs:
        return 0.02, "checking the data"
    job = clients("bedrock").get_model_customization_job(jobIdentifier=jobs[0]["jobArn"])
    if job["status"] == "Completed":
        return 0.9, "deploying the custom model"
    details = job.get("statusDetails", {})
    states = {text: details.get(key, {}).get("status", "NotStarted") for key, text in STAGES.items()}
    done = sum(1 for state in states.values() if state == "Completed")
    current = next((text for text, state in states.items() if state == "InProgress"), "queued")
    return 0.05 + 0.28 * done, current


def trial_in_words(clients: Any, execution: str) -> str:
    """What the run does if it is on trial, which lasts longer than this command waits; else empty."""
    step = latest_step(clients("stepfunctions"), execution)
    return IN_WORDS[step.name] if step and step.name in TRIALS else ""


def own_jobs(clients: Any, execution: str, deployment: str, name: str) -> list[dict[str, Any]]:
    """Another deployment of the same data has jobs of the same run id."""
    return [job for job in jobs_of(clients, execution) if run_names.is_job_of(job["jobName"], deployment, name)]
