"""`kit knowledge` against knowledge bases on an embedded AWS."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from deployment.config import DeploymentConfig
from kit.__main__ import main
from kit.knowledge import ask, delete, documents, evaluate, put, status, sync
from kit.knowledge.deployed import Deployed, deployed
from kit_contract.parameters import knowledge_base_id
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, make_role, running

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "support"
DOCUMENTS = ("descaling.md", "error-codes.md", "warranty.md", "safety.md", "shipping.md")
Knowledge = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        yield made


@pytest.fixture(scope="session")
def role(clients: Clients) -> str:
    return make_role(clients, "knowledge", ["s3:GetObject"], "arn:aws:s3:::*/*")


@pytest.fixture(scope="session")
def base(clients: Clients, role: str) -> KnowledgeBase:
    """Ingested; tests don't change it."""
    made = KnowledgeBase(clients, "asked", role)
    for name in DOCUMENTS:
        made.put(f"documents/{name}", (EXAMPLES / "documents" / name).read_bytes())
    made.ingest()
    return made


@pytest.fixture
def config() -> DeploymentConfig:
    section = {"documents": EXAMPLES / "documents", "model": "amazon.nova-micro-v1:0"}
    return DeploymentConfig.model_validate(
        {"deployment": {"name": "sup", "region": "us-east-1"}, "knowledge_base": section}
    )


@pytest.fixture
def connected(clients: Clients, config: DeploymentConfig) -> Iterator[Callable[..., Deployed]]:
    """Publishes the ids of knowledge bases, as their stack does."""
    published = []

    def connect(**knowledge_bases: str) -> Deployed:
        for name, identifier in knowledge_bases.items():
            published.append(knowledge_base_id("sup", name))
            clients("ssm").put_parameter(Name=published[-1], Value=identifier, Type="String", Overwrite=True)
        return deployed(config, "sup", boto3.Session(region_name="us-east-1"), clients)

    yield connect
    for name in set(published):
        clients("ssm").delete_parameter(Name=name)


@pytest.fixture
def knowledge(
    connected: Callable[..., Deployed], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Knowledge:
    """Runs an action for the knowledge bases given by name; returns its exit code, what it printed, and its errors."""

    def run(*words: str, **knowledge_bases: str) -> tuple[int, str, str]:
        found = connected(**knowledge_bases)
        for module in (ask, delete, documents, evaluate, put, status, sync):
            monkeypatch.setattr(module, "connect", lambda *_, **__: found)
        code = main(["knowledge", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def parsed(knowledge: Knowledge) -> Callable[..., Any]:
    """What an action prints with --json."""
    return lambda *words, **knowledge_bases: json.loads(knowledge(*words, "--json", **knowledge_bases)[1])
