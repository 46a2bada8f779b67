"""A run as JSON for programs: what is unknown is null."""

from kit.runs.costs import run_cost
from kit.runs.details import Details
from kit.runs.recorded_run import RecordedRun
from kit.runs.words import iso


def entry(details: Details, region: str) -> dict[str, object]:
    run, cost = details.run, run_cost(details, region)
    return {
        **name_of(run),
        "status": run.status,
        "waits_for_approval": details.waits_for_approval,
        "attempts": [
            {"number": item.number, "execution_arn": item.arn, "status": item.status, "started": iso(item.started)}
            for item in run.attempts
        ],
        "error": details.error or None,
        "cause": details.cause or None,
        "started": iso(run.started),
        "ended": iso(run.ended),
        "base_model": details.base_model or None,
        "method": details.method or None,
        "records": details.records,
        "tokens": details.tokens,
        "usd": cost.usd,
        "usd_is_whole": cost.whole,
        "job_arns": [job.arn for job in run.jobs],
        "custom_model_arn": run.model.arn if run.model else None,
        "serves": list(run.serves),
        "promoted": run.promoted,
        "canary": run.canary,
    }


def name_of(run: RecordedRun) -> dict[str, object]:
    return {"customization": run.customization, "run_id": run.run_id}
