"""Custom::BedrockIngestionStart: has the documents of a data source ingested when they or the data source are new.

  Create, Update  put a message on the ingestion queue, whose function starts the job when no other one runs, repeats
                  it and reports it -> READY. The ingestion is not awaited.
  Replacement     another data source: awaited (data_source_replacement.py); the one before it answers until then
  Delete          wait until callers know another knowledge base, if it was replaced; stop every running ingestion job
                  until none has run for a while -> GONE. A knowledge base or a data source that is gone is fine.

Upload events alone are not enough: S3 sends none to EventBridge for about five minutes after they are enabled
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html), and none for a new
data source. Bedrock does not delete a data source during an ingestion job.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from custom_resources.data_source_replacement import (
    FINAL,
    DataSource,
    filled,
    newest_job,
    published_id,
    seconds_until_left,
    take_passages_along,
)
from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_bedrock_agent.type_defs import IngestionJobSummaryTypeDef
    from mypy_boto3_ssm import SSMClient

    # boto3's SQS client, narrowed to the one method in use: the kit does not install its type stubs.
    Send = Callable[..., Mapping[str, object]]

# A function that was waiting for the stopped job starts its own one within 15 seconds (knowledge_base_ingestion).
QUIET_SECONDS = 20.0


class IngestionStartResource:
    name_property = ""

    def __init__(
        self, agent: "AgentsforBedrockClient", send: "Send", ssm: "SSMClient", clock: Callable[[], float]
    ) -> None:
        self._agent = agent
        self._send = send
        self._ssm = ssm
        self._clock = clock

    def physical_id(self, request: Request) -> str:
        return "/".join(DataSource.of(request.properties))

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
            return filled(self._agent, request)
        published = published_id(self._ssm, request)
        if left := seconds_until_left(published, request, self._clock()):
            return Snapshot(Phase.IN_PROGRESS, waiting_for=f"callers may use it for {left:.0f} s more")
        try:
            return self._stopped(request, stays=published is not None and published.id == _knowledge_base(request))
        except Exception as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return Snapshot(Phase.GONE)

    def _stopped(self, request: Request, *, stays: bool) -> Snapshot:
        """`stays`: the knowledge base, whose other data sources are searched."""
        source = DataSource.of(request.properties)
        newest = newest_job(self._agent, source)
        if newest is not None:
            self._stop(request, newest)
            if newest["status"] not in FINAL or self._clock() - newest["updatedAt"].timestamp() < QUIET_SECONDS:
                waiting = f"ingestion job {newest['ingestionJobId']} is {newest['status']}"
                return Snapshot(Phase.IN_PROGRESS, waiting_for=waiting)
        if stays:
            take_passages_along(self._agent, source)
        return Snapshot(Phase.GONE)

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


def _knowledge_base(request: Request) -> str:
    return DataSource.of(request.properties).knowledge_base_id
