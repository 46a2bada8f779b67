"""Calls the agents' route of a deployed inference API."""

import argparse
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.config import DeploymentConfig, load_deployment_config
from kit.embedded_outputs import embedded_api
from kit.not_deployed import NotDeployedError
from kit.stack_outputs import stack_outputs
from kit_contract.errors import ExternalError, InputError
from kit_contract.stacks import inference_api_stack
from local_aws.guard import require_real

KEY = "API_KEY"  # environment variable
TIMEOUT_SECONDS = 300.0
ATTEMPTS, PAUSE_SECONDS = 3, 2.0
PENDING = "requires_approval"  # of an answer: the calls that wait
REPEATED = 429  # over the rate, before anything has run


class AgentFailedError(ExternalError):
    """When the API answers with an error. `status` is 0 if there was no answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class AgentApi:
    """`url` ends in /v1."""

    url: str
    key: str
    sleep: Callable[[float], None] = time.sleep

    def invoke(self, agent: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises AgentFailedError. Nothing is repeated that may have run a tool."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._post(f"{self.url}/agents/{agent}/invoke", body)
            except urllib.error.HTTPError as error:
                if error.code != REPEATED or error.headers.get("x-should-retry") == "false" or attempt == ATTEMPTS:
                    raise AgentFailedError(_message(error), error.code) from None
                self.sleep(_pause(error) * attempt)
            except OSError as error:
                raise AgentFailedError(f"{self.url} does not answer: {error}") from None
        raise AssertionError("the last attempt returns or raises")

    def _post(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"x-api-key": self.key, "content-type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        local = url.startswith("http://127.0.0.1")
        opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


def connect(config: Path, environment: str | None = None, *, local: bool) -> AgentApi:
    """Raises KitError, and botocore's errors about credentials."""
    if local:
        return AgentApi(*embedded_api(config, environment))
    import boto3

    require_real(os.environ)
    key = os.environ.get(KEY, "")
    if not key:
        raise InputError(f"{KEY} is not set; set it to a key of the API (kit keys add NAME prints one)")
    deployment = load_deployment_config(config, environment).deployment
    stack = inference_api_stack(deployment.name)
    outputs = stack_outputs(boto3.client("cloudformation", region_name=deployment.region), stack)
    if outputs is None:
        raise NotDeployedError(stack, "[inference_api]")
    if "ApiUrl" not in outputs:
        raise ExternalError(f"stack {stack} has no output ApiUrl; wait while it is being deployed, or run kit deploy")
    return AgentApi(f"{outputs['ApiUrl'].rstrip('/')}/v1", key)


def chosen_agent(config: DeploymentConfig, file: Path, name: str | None) -> str:
    """Raises InputError unless `file`, which gave `config`, has it, or has one only."""
    known = sorted(config.agents)
    if name is None and len(known) == 1:
        return known[0]
    if name not in known:
        if not known:
            raise InputError(f"{file.name} has no [agents.*]; add one, or name another file with --config")
        got = f"got {name}" if name else "name one"
        raise InputError(f"--agent must be one of the agents in {file.name}: {', '.join(known)}; {got}")
    return name


def _pause(error: urllib.error.HTTPError) -> float:
    try:
        return float(error.headers.get("retry-after-ms", "")) / 1000
    except ValueError:
        return PAUSE_SECONDS


def _message(error: urllib.error.HTTPError) -> str:
    text = error.read().decode("utf-8", "replace")
    try:
        return f"{error.code}: {json.loads(text)['error']['message']}"
    except (ValueError, KeyError, TypeError):
        return f"{error.code}: {text[:200]}"


def add_agent_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agent", metavar="NAME", help="can be left out if there is only one")
