"""GET /v1/fine_tuning/jobs/{job}/checkpoints: the losses at the end of each epoch.

Bedrock keeps the model of the last one only, so only that names a model.
"""

import json
from collections.abc import Mapping
from typing import Any

from fine_tuning_api import job_record, pages
from fine_tuning_api.job_record import JobRecord, metrics_of
from fine_tuning_api.job_view import execution_of
from fine_tuning_api.jobs import PREFIX
from fine_tuning_api.service import Call, Reply, Service

DEFAULT, MOST = 10, 100


def list_checkpoints(call: Call, service: Service) -> Reply:
    pages.refuse_query(call.query, pages.FIELDS)
    record = job_record.get(service, call.path.removeprefix(PREFIX).removesuffix("/checkpoints"))
    found = _checkpoints(service, record)
    chosen, more = pages.page([item["id"] for item in found], call.query, default=DEFAULT, most=MOST)
    data = [found[index] for index in chosen]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return Reply(200, json.dumps({"object": "list", "data": data, **ends, "has_more": more}))


def _checkpoints(service: Service, record: JobRecord) -> list[dict[str, Any]]:
    """The newest first. Empty until the losses are recorded."""
    steps = metrics_of(service, record).get("steps", {})
    trained, validated = _by_epoch(steps.get("training", [])), _by_epoch(steps.get("validation", []))
    if not trained:
        return []
    execution = execution_of(service, record)
    last = max(trained)
    return [
        {
            "object": "fine_tuning.job.checkpoint",
            "id": f"ftckpt-{record.id}-{epoch}",
            "created_at": execution.stopped or record.created_at,
            "fine_tuned_model_checkpoint": record.alias if epoch == last and execution.status == "succeeded" else "",
            "fine_tuning_job_id": record.id,
            "step_number": step["step"],
            "metrics": {
                "step": step["step"],
                "train_loss": step["loss"],
                **({"full_valid_loss": validated[epoch]["loss"]} if epoch in validated else {}),
            },
        }
        for epoch, step in sorted(trained.items(), reverse=True)
    ]


def _by_epoch(steps: list[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """The last step of each epoch."""
    return {int(step["epoch"]): step for step in steps}
