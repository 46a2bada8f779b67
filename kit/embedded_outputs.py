"""Reaches the embedded AWS that `make up` started, by the outputs it wrote."""

import json
from dataclasses import dataclass
from typing import Any

from kit.cdk_cli import PROJECT
from kit_contract.errors import ExternalError
from local_aws.guard import require_embedded

OUTPUTS = PROJECT / ".local" / "outputs.json"


@dataclass(frozen=True)
class EmbeddedOutputs:
    """`session` has the region of the deployment and no endpoint: pass `endpoint_url` to each client."""

    session: Any
    endpoint_url: str
    deployment: str


def embedded_outputs() -> EmbeddedOutputs:
    """Raises ExternalError if nothing is deployed there, or it does not run."""
    import boto3

    if not OUTPUTS.is_file():
        raise ExternalError("nothing is deployed on the embedded AWS; start it with: make up")
    outputs = json.loads(OUTPUTS.read_text(encoding="utf-8"))
    require_embedded(outputs["endpoint_url"])
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=outputs["region"])
    return EmbeddedOutputs(session, outputs["endpoint_url"], outputs["deployment"])


def remember_api_key(key: str) -> None:
    """Replace the key in the outputs, which `make up`'s questions and the user's own calls read."""
    outputs = json.loads(OUTPUTS.read_text(encoding="utf-8"))
    OUTPUTS.write_text(json.dumps({**outputs, "api_key": key}, indent=2) + "\n", encoding="utf-8")
