"""What one run of `make up` left: its outputs, and clients that reach the embedded AWS only."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3

from deployment.config import load_deployment_config
from kit.local.run import LocalRun
from local_aws import emulator

PROJECT = Path(__file__).resolve().parent.parent.parent
CONFIG = PROJECT / "tests" / "end_to_end" / "deployment.toml"


def run_up(state: Path, path: Path = CONFIG) -> dict[str, Any]:
    config = load_deployment_config(path)
    return LocalRun(config, path, state=state, outputs=state / "outputs.json", port=None).up()


class Deployed:
    def __init__(self, outputs: dict[str, Any], aws: emulator.EmbeddedAws) -> None:
        self.outputs = outputs
        self.aws = aws
        self.file = aws.state_dir / "outputs.json"

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.aws.endpoint_url,
            region_name=self.outputs["region"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def in_region(self, region: str) -> "Deployed":
        return Deployed(self.outputs | {"region": region}, self.aws)

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        given = {"Content-Type": "application/json", "Authorization": f"Bearer {self.outputs['api_key']}"}
        request = urllib.request.Request(self.outputs["api_url"] + path, body, headers or given)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
