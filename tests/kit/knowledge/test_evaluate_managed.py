"""`kit knowledge evaluate` of a managed knowledge base: what it finds is measured, and no answer is asked for."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from tests.kit.knowledge.conftest import EXAMPLES, Knowledge
from tests.local_aws.servers import Clients


@pytest.fixture(scope="module")
def managed(clients: Clients, role: str) -> str:
    agent = clients("bedrock-agent")
    base = agent.create_knowledge_base(name="managed", roleArn=role, knowledgeBaseConfiguration={"type": "MANAGED"})[
        "knowledgeBase"
    ]["knowledgeBaseId"]
    clients("s3").create_bucket(Bucket="managed-documents")
    for name in ("descaling.md", "warranty.md"):
        body = (EXAMPLES / "documents" / name).read_bytes()
        clients("s3").put_object(Bucket="managed-documents", Key=name, Body=body)
    parameters = {"type": "S3", "version": "1", "connectionConfiguration": {"bucketName": "managed-documents"}}
    source = agent.create_data_source(
        knowledgeBaseId=base,
        name="documents",
        dataSourceConfiguration={
            "type": "MANAGED_KNOWLEDGE_BASE_CONNECTOR",
            "managedKnowledgeBaseConnectorConfiguration": {"connectorParameters": parameters},
        },
    )["dataSource"]["dataSourceId"]
    ids = {"knowledgeBaseId": base, "dataSourceId": source}
    ids["ingestionJobId"] = agent.start_ingestion_job(**ids)["ingestionJob"]["ingestionJobId"]
    deadline = time.monotonic() + 20
    while (job := agent.get_ingestion_job(**ids)["ingestionJob"])["status"] in ("STARTING", "IN_PROGRESS"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert job["statistics"]["numberOfNewDocumentsIndexed"] == 2, job
    return str(base)


@pytest.fixture
def config() -> DeploymentConfig:
    section = {"documents": EXAMPLES / "documents", "model": "amazon.nova-micro-v1:0", "store": "managed"}
    return DeploymentConfig.model_validate(
        {"deployment": {"name": "sup", "region": "us-east-1"}, "knowledge_base": section}
    )


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    lines = [
        {"question": "How often do I remove limescale?", "answer": "Often.", "documents": ["descaling.md"]},
        {"question": "For how many months is the pump covered?", "answer": "48 months."},
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return file


def test_its_passages_are_measured(parsed: Callable[..., Any], managed: str, questions: Path) -> None:
    judge = ("--judge", "amazon.nova-pro-v1:0")

    (way,) = parsed("evaluate", str(questions), "--results", "2", "--yes", *judge, documents=managed)["ways"]

    assert way["name"] == "documents: 2, as AWS decides"
    assert set(way["metrics"]) == {"recall", "precision", "rank"}
    assert (way["metrics"]["recall"]["mean"], way["metrics"]["recall"]["questions"]) == (1.0, 2)
    assert (way["refused"], way["answer_seconds"]) == (0, None)
    assert way["judge_usd"] > 0


def test_what_is_billed_is_told(knowledge: Knowledge, managed: str, questions: Path) -> None:
    code, _, said = knowledge("evaluate", str(questions), documents=managed)

    assert code == 2
    assert "2 searches of managed knowledge bases are billed, at least USD 0.002" in said
    code, printed, _ = knowledge("evaluate", str(questions), "--yes", documents=managed)
    assert (code, "GROUNDED" in printed, "+" in printed.splitlines()[1]) == (0, False, False)


def test_evaluation_jobs_are_refused(knowledge: Knowledge, managed: str, questions: Path) -> None:
    job = ("--bedrock-job", "--judge", "amazon.nova-pro-v1:0")

    code, _, said = knowledge("evaluate", str(questions), *job, documents=managed)

    assert code == 2
    assert "documents is a managed knowledge base, which evaluation jobs can't ask" in said
