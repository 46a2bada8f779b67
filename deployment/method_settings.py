"""What beside dataset and hyperparameters decides which model a customization gets: part of the run id."""

import hashlib
import json
from pathlib import Path

from deployment.sections.distillation import InvocationLogs
from deployment.sections.training import Customization
from training_data.preparation import PreparedDataset


def method_settings(item: Customization) -> str:
    """Empty for fine-tuning. The sources of distillation's prompts are its dataset, so they are not in it."""
    settings: dict[str, object] = {}
    if item.distillation:
        settings["teacher_model"] = item.distillation.teacher_model
        if item.distillation.max_response_length:
            settings["max_response_length"] = item.distillation.max_response_length
    if item.reinforcement:
        settings["grader"] = item.reinforcement.grader_hash()
    return json.dumps(settings, sort_keys=True, separators=(",", ":")) if settings else ""


def log_source(logs: InvocationLogs, output: Path) -> PreparedDataset:
    """A dataset of one line that says which logs are read: the run is started by it, the job reads the logs."""
    source = {"invocationLogsConfig": logs.request(), **({"asOf": logs.as_of} if logs.as_of else {})}
    content = json.dumps(source, sort_keys=True).encode() + b"\n"
    output.write_bytes(content)
    return PreparedDataset(output, hashlib.sha256(content).hexdigest(), 0, ())
