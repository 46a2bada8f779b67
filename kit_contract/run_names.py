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
# Folders below data/<customization>/ whose objects start no run
VALIDATION, EVALUATION = "validation", "evaluation"
EXECUTION_SUFFIX = rf"[0-9a-f]{{{RUN_ID_LENGTH}}}(-\d{{1,9}})?"  # an attempt is shorter than a run id
JOB_NAME = re.compile(rf"(?P<owner>.*)(?P<rest>-{EXECUTION_SUFFIX}-\d{{14}})")
OWNER_DIGEST_LENGTH = 8


def run_id(
    *,
    base_model: str,
    method: str,
    hyperparameters: Mapping[str, str],
    dataset_sha256: str,
    validation_key: str = "",
    method_settings: str = "",
    parent: str = "",
) -> str:
    """16 hexadecimal digits over everything that changes the model. `validation_key` names its object's content."""
    content: dict[str, object] = {
        "base_model": base_model,
        "method": method,
        "hyperparameters": dict(hyperparameters),
        "dataset_sha256": dataset_sha256,
    }
    more = {"validation_key": validation_key, "method_settings": method_settings, "parent": parent}
    content |= {name: value for name, value in more.items() if value}  # ids of earlier releases stay as they are
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:RUN_ID_LENGTH]


def bedrock_name(kit_deployment: str, name: str) -> str:
    """The name in Bedrock of what deployment.toml calls `name`: `<deployment>-<name>`, which all deployments share.

    If `name` has a hyphen, `_` joins the two, so that `a-b` and `c` are not `a` and `b-c`: no name in deployment.toml
    has a `_`.
    """
    return f"{kit_deployment}{'_' if '-' in name else '-'}{name}"


def bedrock_names(kit_deployment: str, name: str) -> tuple[str, str]:
    """`bedrock_name`, and what releases up to 0.1.0 called it."""
    return bedrock_name(kit_deployment, name), f"{kit_deployment}-{name}"


def candidate_name(deployment_name: str) -> str:
    """The custom model deployment that serves a new model before it is promoted."""
    return f"{deployment_name}-candidate"


def custom_model_name(kit_deployment: str, customization: str, run: str) -> str:
    """At most 63 characters (CreateModelCustomizationJob, customModelName): synth refuses longer names."""
    return f"{bedrock_name(kit_deployment, customization)}-{run}"


def execution_name(customization: str, run: str, attempt: int = 1) -> str:
    name = f"{customization}-{run}"
    return name if attempt == 1 else f"{name}-{attempt}"


def is_execution_of(name: str, customization: str) -> bool:
    """The prefix alone does not decide: the runs of `support-eu` are not those of `support`."""
    return re.fullmatch(f"{re.escape(customization)}-{EXECUTION_SUFFIX}", name) is not None


def run_of(execution: str) -> str:
    """The run id in an execution's name or ARN, or an empty text."""
    match = re.search(EXECUTION_SUFFIX + "$", execution)
    return match[0][:RUN_ID_LENGTH] if match else ""


def job_name(kit_deployment: str, customization: str, execution: str, timestamp: str) -> str:
    """`<deployment>-<execution>-<timestamp>`: jobs cannot be deleted, so each attempt needs a name of its own.

    A `.` follows the deployment if the customization has a hyphen: names of jobs cannot have a `_`. In a name that
    would be too long, the end of `<deployment>-<customization>` is a hash.
    """
    rest = f"{execution.removeprefix(customization)}-{timestamp}"
    return f"{_job_owner(kit_deployment, customization, MAX_JOB_NAME_LENGTH - len(rest))}{rest}"


def is_job_of(name: str, kit_deployment: str, customization: str) -> bool:
    match = JOB_NAME.fullmatch(name)
    if match is None:
        return False
    owner, room = match["owner"], MAX_JOB_NAME_LENGTH - len(match["rest"])
    # Releases up to 0.1.0 named jobs without the deployment, and cut the name's beginning.
    was_cut = len(name) >= MAX_JOB_NAME_LENGTH - 1 and customization.endswith(owner)
    joined = f"{kit_deployment}-{customization}"
    return owner in (_job_owner(kit_deployment, customization, room), joined, customization) or was_cut


def _job_owner(kit_deployment: str, customization: str, room: int) -> str:
    owner = bedrock_name(kit_deployment, customization).replace("_", ".")
    if len(owner) <= room:
        return owner
    # The "." cannot be in a name: `a-b` and `c` are not `a` and `b-c`.
    digest = hashlib.sha256(f"{kit_deployment}.{customization}".encode()).hexdigest()[:OWNER_DIGEST_LENGTH]
    return f"{owner[: room - OWNER_DIGEST_LENGTH - 1].rstrip('-')}-{digest}"


def data_prefix(customization: str) -> str:
    return f"{DATA}{customization}/"


def evaluation_file(sha256: str) -> str:
    """The held-out records, below the customization's data_prefix."""
    return f"{EVALUATION}/{sha256[:16]}.jsonl"


def output_prefix(customization: str) -> str:
    return f"{OUTPUT}{customization}/"


def claim_key(run: str) -> str:
    """Which customization creates the job of this run: a "." cannot be in a customization's name."""
    return f"{RUNS}.claims/{run}.json"


def turn_key(customization: str) -> str:
    """Which execution of the customization may train: see lambda/customization/start_turn.py."""
    return f"{RUNS}.claims/turn.{customization}.json"


def run_prefix(customization: str, run: str) -> str:
    """Where the workflow keeps the check's report and the metrics of a run."""
    return f"{RUNS}{customization}/{run}/"
