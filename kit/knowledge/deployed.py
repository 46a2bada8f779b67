"""Finds the knowledge bases of a deployment, in your AWS account or in the embedded AWS.

Their ids are parameters of the deployment (`kit_contract.parameters.knowledge_base_id`); how they are asked stands in
deployment.toml. AWS is asked with your own credentials, not through the inference API: that would need one of its keys
as well, of which AWS has only the hash, and would count against the callers' quota.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployment.checks.account import check_account
from deployment.config import DeploymentConfig, load_deployment_config
from deployment.sections.knowledge_base import KnowledgeBase as Section
from kit.embedded_outputs import embedded_outputs
from kit.not_deployed import NotDeployedError
from kit_contract.errors import InputError
from kit_contract.parameters import deployment_path, knowledge_base_id
from kit_contract.stacks import knowledge_base_stack
from local_aws.guard import require_real

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

MakeClient = Callable[[str], Any]


@dataclass(frozen=True)
class KnowledgeBase:
    """`section` says how it is asked; None if deployment.toml does not have it any more."""

    name: str
    id: str
    section: Section | None


@dataclass(frozen=True)
class Deployed:
    """`name` is [deployment] name. `partition`: of AWS, such as aws."""

    name: str
    region: str
    partition: str
    config: DeploymentConfig
    knowledge_bases: Mapping[str, KnowledgeBase]
    make_client: MakeClient
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def agent(self) -> "AgentsforBedrockClient":
        client: AgentsforBedrockClient = self.client("bedrock-agent")
        return client

    @property
    def runtime(self) -> "AgentsforBedrockRuntimeClient":
        client: AgentsforBedrockRuntimeClient = self.client("bedrock-agent-runtime")
        return client

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.make_client(service)
        return self._clients[service]

    def chosen(self, names: Sequence[str] | None) -> list[KnowledgeBase]:
        """Those of `names`, or all. Raises InputError."""
        known = ", ".join(sorted(self.knowledge_bases))
        for name in names or ():
            if name not in self.knowledge_bases:
                raise InputError(f"deployment {self.name} has no knowledge base {name}; its knowledge bases: {known}")
        return [self.knowledge_bases[name] for name in dict.fromkeys(names or sorted(self.knowledge_bases))]

    def only(self, names: Sequence[str] | None) -> KnowledgeBase:
        """Raises InputError unless `names` has one, or the deployment has."""
        found = self.chosen(names)
        if len(found) != 1:
            several = ", ".join(item.name for item in found)
            raise InputError(f"one question goes to one knowledge base; choose one with --knowledge-base: {several}")
        return found[0]


def connect(config: Path, environment: str | None = None, *, local: bool) -> Deployed:
    """Raises KitError, and botocore's errors about credentials."""
    loaded = load_deployment_config(config, environment)
    if local:
        embedded = embedded_outputs(config, environment)
        session, url = embedded.session, embedded.endpoint_url
        return deployed(loaded, embedded.deployment, session, lambda service: session.client(service, endpoint_url=url))
    import boto3
    from botocore.config import Config

    require_real(os.environ)
    session = boto3.Session(region_name=loaded.deployment.region)
    if loaded.deployment.account:
        check_account(loaded, session.client("sts").get_caller_identity()["Account"], config.name)
    # Bedrock's limits are of the account: callers use them up as well.
    patient = Config(max_pool_connections=16, retries={"mode": "standard", "total_max_attempts": 8})
    return deployed(loaded, loaded.deployment.name, session, lambda service: session.client(service, config=patient))


def deployed(config: DeploymentConfig, name: str, session: Any, make_client: MakeClient) -> Deployed:
    region = session.region_name
    sections = config.all_knowledge_bases
    existing = {item: section.existing for item, section in sections.items() if section.existing}
    ids = _ids(make_client("ssm"), name) | existing
    if not ids:
        raise NotDeployedError(knowledge_base_stack(name), "[knowledge_base]")
    found = {item: KnowledgeBase(item, identifier, sections.get(item)) for item, identifier in ids.items()}
    return Deployed(name, region, session.get_partition_for_region(region), config, found, make_client)


def _ids(ssm: Any, name: str) -> dict[str, str]:
    """Name -> id. Raises botocore's errors."""
    path = f"{deployment_path(name)}/knowledge-base"
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    values = {item["Name"]: item["Value"] for page in pages for item in page["Parameters"]}
    names = {text.removeprefix(f"{path}/").partition("/")[0] for text in values}
    wanted = {item: knowledge_base_id(name, item) for item in sorted(names)}
    return {item: values[parameter] for item, parameter in wanted.items() if parameter in values}
