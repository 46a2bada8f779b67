"""Reaches the embedded AWS that `make up` started, by the outputs it wrote."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from kit.deployment_arguments import CONFIG
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT
from local_aws.guard import require_embedded
from local_aws.private_files import write_private

OUTPUTS = PROJECT / ".local" / "outputs.json"
REQUIRED = ("endpoint_url", "region", "deployment")


@dataclass(frozen=True)
class EmbeddedOutputs:
    """`session` has the region of the deployment and no endpoint: pass `endpoint_url` to each client."""

    session: Any
    endpoint_url: str
    deployment: str


def read_outputs(path: Path) -> dict[str, Any] | None:
    """What make up wrote; None if there is nothing. Raises ExternalError if the file is damaged."""
    if not path.is_file():
        return None
    try:
        outputs = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict) or not all(isinstance(outputs.get(name), str) for name in REQUIRED):
        raise ExternalError(f"{path} is damaged; write it again with: make up")
    return outputs


def embedded_outputs(config: Path = CONFIG, environment: str | None = None) -> EmbeddedOutputs:
    """Of the last make up; of another deployment there if the command names a file or an environment.

    Raises KitError if nothing is deployed there, or it does not run.
    """
    from local_aws.session import embedded_session

    outputs = read_outputs(OUTPUTS)
    if outputs is None:
        raise ExternalError("nothing is deployed on the embedded AWS; start it with: make up")
    require_embedded(outputs["endpoint_url"])
    name, region = outputs["deployment"], outputs["region"]
    if environment or config != CONFIG:
        named = load_deployment_config(config, environment).deployment
        name, region = named.name, named.region
    return EmbeddedOutputs(embedded_session(region), outputs["endpoint_url"], name)


def embedded_api(config: Path, environment: str | None = None) -> tuple[str, str]:
    """URL and key of the API of the last make up. Raises KitError if it has none, or another deployment is named."""
    named, outputs = embedded_outputs(config, environment).deployment, read_outputs(OUTPUTS) or {}
    if outputs["deployment"] != named:
        raise ExternalError(
            f"the last deploy to the embedded AWS was of {outputs['deployment']}, and {named} was named, whose URL and "
            "key are not known; deploy it with kit deploy"
        )
    if not outputs.get("api_url"):
        raise ExternalError("the deployment on the embedded AWS has no inference API; add [inference_api]")
    return outputs["api_url"], outputs["api_key"]


def remember_api_key(kit_deployment: str, key: str) -> None:
    """Replace the key in the outputs, which `make up`'s questions and the user's own calls read."""
    outputs = read_outputs(OUTPUTS) or {}
    if outputs.get("deployment") == kit_deployment:
        write_private(OUTPUTS, json.dumps({**outputs, "api_key": key}, indent=2) + "\n")
