"""Where `kit verify` looks: one account and Region, through clients that can only read."""

import os
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from deployment.checks.account import check_account
from deployment.config import DeploymentConfig, load_deployment_config
from kit.embedded_outputs import embedded_outputs
from local_aws.guard import require_real

READS = re.compile(r"(Get|List|Describe|Head)[A-Z]\w*")


class NotReadOnlyError(Exception):
    """A bug: a check called an operation that may change something. Nothing was sent."""


class Place:
    """`config` is deployment.toml; `arn` that of the caller; `client` makes the client of a service."""

    def __init__(self, config: DeploymentConfig, region: str, client: Callable[[str], Any]) -> None:
        """Raises botocore's errors if the credentials cannot be used."""
        self.config = config
        self.region = region
        self._make = client
        self._clients: dict[str, Any] = {}
        identity = self.client("sts").get_caller_identity()
        self.account: str = identity["Account"]
        self.arn: str = identity["Arn"]

    def client(self, service: str) -> Any:
        if service not in self._clients:
            made = self._make(service)
            made.meta.events.register_first("before-call", _refuse_changes)
            self._clients[service] = made
        return self._clients[service]

    @cached_property
    def models(self) -> dict[str, Any]:
        """ListFoundationModels by id."""
        return {item["modelId"]: item for item in self.client("bedrock").list_foundation_models()["modelSummaries"]}

    @cached_property
    def profiles(self) -> dict[str, Any]:
        """ListInferenceProfiles by id, those of AWS."""
        pages = self.client("bedrock").get_paginator("list_inference_profiles").paginate(typeEquals="SYSTEM_DEFINED")
        return {item["inferenceProfileId"]: item for page in pages for item in page["inferenceProfileSummaries"]}


def your_account(path: Path, environment: str | None = None) -> Place:
    """With your credentials, in the Region of the file. Raises KitError and botocore's errors."""
    import boto3
    from botocore.config import Config

    require_real(os.environ)
    config = load_deployment_config(path, environment)
    region = config.deployment.region
    session = boto3.Session(region_name=region)
    settings = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
    place = Place(config, region, lambda service: session.client(service, config=settings))
    check_account(config, place.account, path.name)
    return place


def embedded_aws(path: Path, environment: str | None = None) -> Place:
    """The embedded AWS that make up started. Raises KitError."""
    embedded = embedded_outputs(path, environment)
    session, url = embedded.session, embedded.endpoint_url
    config = load_deployment_config(path, environment)
    return Place(config, session.region_name, lambda service: session.client(service, endpoint_url=url))


def _refuse_changes(model: Any, **_: Any) -> None:
    if not READS.fullmatch(model.name):
        raise NotReadOnlyError(f"kit verify does not call {model.name}")
