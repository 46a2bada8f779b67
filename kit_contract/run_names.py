"""Names of a training run: its id, execution, job, custom model and prefixes. The same content gives the same names."""

import hashlib
import json
import re
from collections.abc import Mapping

RUN_ID_LENGTH = 16
MAX_JOB_NAME_LENGTH = 63  # CreateModelCustomizationJob, jobName
# Prefixes of the training bucket; below each lies one folder per customization
DATA = "data/"
OUTPUT = "output/"
RUNS = "runs/"
EXECUTION_SUFFIX = rf"[0-9a-f]{{{RUN_ID_LENGTH}}}(-\d+)?"
JOB_NAME = re.compile(rf"(?P<customization>.*)-{EXECUTION_SUFFIX}-\d{{14}}")


def run_id(
    *, base_model: str, method: str, hyperparameters: Mapping[str, str], dataset_sha256: str, validation_key: str = ""
) -> str:
    """16 hexadecimal digits over everything that changes the model. `validation_key` names its object's content."""
    content: dict[str, object] = {
        "base_model": base_model,
        "method": method,
        "hyperparameters": dict(hyperparameters),
        "dataset_sha256": dataset_sha256,
    }
    if validation_key:
        content["validation_key"] = validation_key
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:RUN_ID_LENGTH]


def custom_model_name(kit_deployment: str, customization: str, run: str) -> str:
    """At most 63 characters (CreateModelCustomizationJob, customModelName): synth refuses longer names."""
    return f"{kit_deployment}-{customization}-{run}"


def execution_name(customization: str, run: str, attempt: int = 1) -> str:
    name = f"{customization}-{run}"
    return name if attempt == 1 else f"{name}-{attempt}"


def is_execution_of(name: str, customization: str) -> bool:
    """The prefix alone does not decide: the runs of `support-eu` are not those of `support`."""
    return re.fullmatch(f"{re.escape(customization)}-{EXECUTION_SUFFIX}", name) is not None


def job_name(execution: str, timestamp: str) -> str:
    """The end of `<execution>-<timestamp>`: jobs cannot be deleted, so each attempt needs a name of its own."""
    return f"{execution}-{timestamp}"[-MAX_JOB_NAME_LENGTH:].lstrip("-")


def is_job_of(name: str, customization: str) -> bool:
    match = JOB_NAME.fullmatch(name)
    if match is None:
        return False
    was_cut = len(name) >= MAX_JOB_NAME_LENGTH - 1 and customization.endswith(match["customization"])
    return match["customization"] == customization or was_cut


def data_prefix(customization: str) -> str:
    return f"{DATA}{customization}/"


def output_prefix(customization: str) -> str:
    return f"{OUTPUT}{customization}/"


def run_prefix(customization: str, run: str) -> str:
    """Where the workflow keeps the check's report and the metrics of a run."""
    return f"{RUNS}{customization}/{run}/"
