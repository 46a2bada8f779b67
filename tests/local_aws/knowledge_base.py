"""A knowledge base that tests create on the embedded AWS."""

import json
import time
from typing import Any

from tests.local_aws.servers import Clients

EMBEDDING_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"


class KnowledgeBase:
    """One knowledge base over one bucket. `index`: the ARN of its S3 Vectors index. `ingestion`: of its data source."""

    def __init__(self, clients: Clients, bucket: str, role: str, index: str = "", ingestion: Any = None) -> None:
        self.clients, self.bucket = clients, bucket
        clients("s3").create_bucket(Bucket=bucket)
        rights = {"bedrock:InvokeModel": EMBEDDING_MODEL, "s3vectors:QueryVectors": "*"}
        search = [{"Effect": "Allow", "Action": action, "Resource": arn} for action, arn in rights.items()]
        clients("iam").put_role_policy(
            RoleName=role.rpartition("/")[2], PolicyName="search", PolicyDocument=json.dumps({"Statement": search})
        )
        embedding = {"embeddingModelArn": EMBEDDING_MODEL}
        agent = clients("bedrock-agent")
        storage: Any = {"type": "S3_VECTORS", "s3VectorsConfiguration": {"indexArn": index}}
        more = {"storageConfiguration": storage} if index else {}
        self.id = agent.create_knowledge_base(
            name=bucket,
            roleArn=role,
            knowledgeBaseConfiguration={"type": "VECTOR", "vectorKnowledgeBaseConfiguration": embedding},
            **more,
        )["knowledgeBase"]["knowledgeBaseId"]
        configuration = {"type": "S3", "s3Configuration": {"bucketArn": f"arn:aws:s3:::{bucket}"}}
        reading: Any = {"vectorIngestionConfiguration": ingestion} if ingestion else {}
        self.source = agent.create_data_source(
            knowledgeBaseId=self.id, name="documents", dataSourceConfiguration=configuration, **reading
        )["dataSource"]["dataSourceId"]

    def put(self, key: str, body: bytes) -> None:
        self.clients("s3").put_object(Bucket=self.bucket, Key=key, Body=body)

    def start(self, **more: str) -> str:
        agent = self.clients("bedrock-agent")
        job = agent.start_ingestion_job(knowledgeBaseId=self.id, dataSourceId=self.source, **more)["ingestionJob"]
        assert job["status"] == "STARTING"
        return str(job["ingestionJobId"])

    def read(self, job: str) -> dict[str, Any]:
        found: dict[str, Any] = self.clients("bedrock-agent").get_ingestion_job(
            knowledgeBaseId=self.id, dataSourceId=self.source, ingestionJobId=job
        )["ingestionJob"]
        return found

    def ingest(self) -> dict[str, Any]:
        job, deadline = self.start(), time.monotonic() + 20
        while self.read(job)["status"] in ("STARTING", "IN_PROGRESS"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self.read(job)

    def retrieve(self, text: str, **search: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.clients("bedrock-agent-runtime").retrieve(
            knowledgeBaseId=self.id,
            retrievalQuery={"text": text},
            retrievalConfiguration={"vectorSearchConfiguration": search},
        )["retrievalResults"]
        return found

    def request(self, text: str, **search: Any) -> dict[str, Any]:
        configuration: dict[str, Any] = {"knowledgeBaseId": self.id, "modelArn": MODEL}
        if search:
            configuration["retrievalConfiguration"] = {"vectorSearchConfiguration": search}
        return {
            "input": {"text": text},
            "retrieveAndGenerateConfiguration": {
                "type": "KNOWLEDGE_BASE",
                "knowledgeBaseConfiguration": configuration,
            },
        }
