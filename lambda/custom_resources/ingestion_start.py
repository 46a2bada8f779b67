"""Custom::BedrockIngestionStart: has the documents of a data source ingested when they or the data source are new.

  Create, Update  put a message on the ingestion queue, whose function starts the job when no other one runs, repeats
                  it and reports it -> READY. The ingestion is not awaited.
  Delete          stop every running ingestion job until none has run for a while -> GONE. A knowledge base or a data
                  source that is gone is fine.
  Replacement     another data source

Upload events alone are not enough: S3 sends none to EventBridge for about five minutes after they are enabled
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html), and none for a new
data source. Bedrock does not delete a data source during an ingestion job.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_bedrock_agent.type_defs import IngestionJobSummaryTypeDef

    # boto3's SQS client, narrowed to the one method in use: the kit does not install its type stubs.
    Send = Callable[..., Mapping[str, object]]

# A function that was waiting for the stopped job starts its own one within 15 seconds (knowledge_base_ingestion).
QUIET_SECONDS = 20.0
FINAL = ("COMPLETE", "FAILED", "STOPPED")


class IngestionStartResource:
    name_property = ""

    def __init__(self, agent: "AgentsforBedrockClient", send: "Send", clock: Callable[[], float]) -> None:
        self._agent = agent
        self._send = send
        self._clock = clock

    def physical_id(self, request: Request) -> str:
        properties = Properties(request.properties)
        return f"{properties.text('KnowledgeBaseId')}/{properties.text('DataSourceId')}"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        properties.text("ContentHash")  # its change is what causes the Update
        body = json.dumps({"source": "deploy", "dataSourceId": properties.text("DataSourceId")})
        self._send(QueueUrl=properties.text("QueueUrl"), MessageBody=body)
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        """`describe` stops the jobs: it has to list them anyway."""

    def describe(self, request: Request) -> Snapshot:
        if not request.is_delete:
            return Snapshot(Phase.READY)
        try:
            newest = self._newest_job(request)
            if newest is None:
                return Snapshot(Phase.GONE)
            self._stop(request, newest)
        except Exception as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return Snapshot(Phase.GONE)
        if newest["status"] in FINAL and self._clock() - newest["updatedAt"].timestamp() >= QUIET_SECONDS:
            return Snapshot(Phase.GONE)
        return Snapshot(
            Phase.IN_PROGRESS, waiting_for=f"ingestion job {newest['ingestionJobId']} is {newest['status']}"
        )

    def _newest_job(self, request: Request) -> "IngestionJobSummaryTypeDef | None":
        """One job runs at a time, so only the newest one can be running."""
        properties = Properties(request.properties)
        jobs = self._agent.list_ingestion_jobs(
            knowledgeBaseId=properties.text("KnowledgeBaseId"),
            dataSourceId=properties.text("DataSourceId"),
            sortBy={"attribute": "STARTED_AT", "order": "DESCENDING"},
            maxResults=1,
        )["ingestionJobSummaries"]
        return jobs[0] if jobs else None

    def _stop(self, request: Request, job: "IngestionJobSummaryTypeDef") -> None:
        if job["status"] not in ("STARTING", "IN_PROGRESS"):
            return
        properties = Properties(request.properties)
        try:
            self._agent.stop_ingestion_job(
                knowledgeBaseId=properties.text("KnowledgeBaseId"),
                dataSourceId=properties.text("DataSourceId"),
                ingestionJobId=job["ingestionJobId"],
            )
        except Exception as error:
            if error_code(error) != "ConflictException":  # it ended meanwhile
                raise
