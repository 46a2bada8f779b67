"""The body of POST /v1/fine_tuning/jobs. What the kit cannot honour is refused by name. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from inference_api.fields import invalid, optional_object, optional_text, refuse_others, text

FIELDS = (
    "model",
    "training_file",
    "validation_file",
    "method",
    "hyperparameters",
    "metadata",
    "suffix",
    "seed",
    "integrations",
)
UNAVAILABLE = {
    "suffix": "the fine-tuned model is called by its alias, which deployment.toml names",
    "seed": "Bedrock takes no seed",
    "integrations": "metrics are events and checkpoints of the job, and objects in the training bucket",
}
MAX_METADATA, MAX_KEY, MAX_VALUE = 16, 64, 512


class JobRequest(NamedTuple):
    model: str
    training_file: str
    validation_file: str | None
    hyperparameters: Mapping[str, Any]
    metadata: Mapping[str, str] | None


def job_request(body: Mapping[str, Any]) -> JobRequest:
    """Raises ApiError 400."""
    refuse_others(body, FIELDS)
    for name, reason in UNAVAILABLE.items():
        if body.get(name) not in (None, "", []):
            raise invalid(name, f"{name} can't be used: {reason}; leave it out", code="unsupported_parameter")
    return JobRequest(
        text(body, "model"),
        text(body, "training_file"),
        optional_text(body, "validation_file"),
        _hyperparameters(body),
        _metadata(body),
    )


def _hyperparameters(body: Mapping[str, Any]) -> dict[str, Any]:
    """Of `method`, or of the field that it has replaced."""
    method = optional_object(body, "method")
    if not method:
        return optional_object(body, "hyperparameters")
    kind = text(method, "type", where="method.")
    if kind != "supervised":
        message = f"method.type must be supervised, got {kind[:40]}; other methods are settings of deployment.toml"
        raise invalid("method.type", message, code="unsupported_parameter")
    refuse_others(method, ("type", "supervised"), where="method.")
    supervised = optional_object(method, "supervised")
    refuse_others(supervised, ("hyperparameters",), where="method.supervised.")
    given = optional_object(supervised, "hyperparameters")
    if given and body.get("hyperparameters"):
        raise invalid("hyperparameters", "hyperparameters are in method, too; leave this field out")
    return given or optional_object(body, "hyperparameters")


def _metadata(body: Mapping[str, Any]) -> dict[str, str] | None:
    if body.get("metadata") is None:
        return None
    given = optional_object(body, "metadata")
    fits = all(
        isinstance(value, str) and len(value) <= MAX_VALUE and len(key) <= MAX_KEY for key, value in given.items()
    )
    if not fits or len(given) > MAX_METADATA:
        message = f"metadata must be at most {MAX_METADATA} texts of {MAX_VALUE} characters, by keys of {MAX_KEY}"
        raise invalid("metadata", message)
    return given
