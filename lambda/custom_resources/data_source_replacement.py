"""A data source that takes the place of another one: when it is filled, and when nobody asks the other one any more.

filled  Update to another data source: its first job has ended, and no more documents failed than in the other one.
        Until then the deploy waits, so that the other one answers; if it fails, CloudFormation rolls back to it.
left    Delete of the other one, after the switch: callers know the old id for some time (`DrainSeconds`).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract.counted import counted
from kit_contract.errors import ResourceFailedError

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_bedrock_agent.type_defs import IngestionJobSummaryTypeDef
    from mypy_boto3_ssm import SSMClient

FINAL = ("COMPLETE", "FAILED", "STOPPED")
FAILED, SCANNED = "numberOfDocumentsFailed", "numberOfDocumentsScanned"
REASON_CHARACTERS = 300


class DataSource(NamedTuple):
    knowledge_base_id: str
    id: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "DataSource":
        properties = Properties(values)
        return cls(properties.text("KnowledgeBaseId"), properties.text("DataSourceId"))


class Published(NamedTuple):
    """The id of the knowledge base that callers get, and since when, in seconds since 1970."""

    id: str
    since: float


def filled(agent: "AgentsforBedrockClient", request: Request) -> Snapshot:
    """READY at once where nothing is replaced, or where nothing has answered yet. Raises ResourceFailedError."""
    ready = Snapshot(Phase.READY)
    wanted = DataSource.of(request.properties)
    if not request.old_properties or request.physical_id == "/".join(wanted):  # a failed update that is taken back
        return ready
    before = DataSource.of(request.old_properties)
    answers = before != wanted and _if_there(lambda: newest_job(agent, before, "COMPLETE"))
    if not answers or _goes_back(agent, before, wanted):
        return ready
    try:
        return _filled(agent, wanted, allowed=_failed(answers))
    except Exception as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        raise ResourceFailedError(
            f"data source {wanted.id} was deleted while it was being filled; the one before it still answers: deploy "
            "again"
        ) from error


def seconds_until_left(published: "Published | None", request: Request, now: float) -> float:
    """0 if the whole stack goes, or the knowledge base stays."""
    if published is None or published.id == DataSource.of(request.properties).knowledge_base_id:
        return 0.0
    drain = Properties(request.properties).integer("DrainSeconds", minimum=0)
    return max(published.since + drain - now, 0.0)


def published_id(ssm: "SSMClient", request: Request) -> "Published | None":
    """None if there is none, as when the stack is deleted, or if an earlier release made the resource."""
    name = Properties(request.properties).optional_text("IdParameter")
    if name is None:
        return None
    try:
        found = ssm.get_parameter(Name=name)["Parameter"]
    except Exception as error:
        if error_code(error) != "ParameterNotFound":
            raise
        return None
    return Published(found["Value"], found["LastModifiedDate"].timestamp())


def take_passages_along(agent: "AgentsforBedrockClient", source: DataSource) -> None:
    """Have the deletion of `source` remove its passages: the index stays, and searches would still find them."""
    ids: Any = {"knowledgeBaseId": source.knowledge_base_id, "dataSourceId": source.id}
    found: Any = agent.get_data_source(**ids)["dataSource"]
    if found.get("dataDeletionPolicy") != "RETAIN":
        return
    # Bedrock wants all settings again; those of the chunks must be the same.
    kept = ("name", "dataSourceConfiguration", "vectorIngestionConfiguration", "serverSideEncryptionConfiguration")
    settings = {name: found[name] for name in kept if name in found}
    agent.update_data_source(**ids, **settings, dataDeletionPolicy="DELETE")


def newest_job(
    agent: "AgentsforBedrockClient", source: DataSource, status: str = ""
) -> "IngestionJobSummaryTypeDef | None":
    """Of any status, or of this one. One job runs at a time, so only the newest one can be running."""
    wanted: Any = [{"attribute": "STATUS", "operator": "EQ", "values": [status]}]
    jobs = agent.list_ingestion_jobs(
        knowledgeBaseId=source.knowledge_base_id,
        dataSourceId=source.id,
        sortBy={"attribute": "STARTED_AT", "order": "DESCENDING"},
        maxResults=1,
        **({"filters": wanted} if status else {}),
    )["ingestionJobSummaries"]
    return jobs[0] if jobs else None


def _filled(agent: "AgentsforBedrockClient", wanted: DataSource, *, allowed: int) -> Snapshot:
    """`allowed`: how many documents may fail: as many as in the one before."""
    complete = newest_job(agent, wanted, "COMPLETE")
    if complete and _failed(complete) <= allowed:
        return Snapshot(Phase.READY)
    newest = newest_job(agent, wanted)
    if newest is None or newest["status"] not in FINAL:
        return Snapshot(Phase.IN_PROGRESS, waiting_for=_progress(newest))
    job_id = newest["ingestionJobId"]
    job: Any = agent.get_ingestion_job(
        knowledgeBaseId=wanted.knowledge_base_id, dataSourceId=wanted.id, ingestionJobId=job_id
    )["ingestionJob"]
    reasons = "; ".join(job.get("failureReasons", []))[:REASON_CHARACTERS] or "Bedrock gives no reason"
    raise ResourceFailedError(
        f"ingestion job {job_id} of the new data source {wanted.id} is {newest['status']}, "
        f"{counted(_failed(newest), 'document')} failed and {allowed} did before: {reasons}; the one before it "
        "still answers: correct the documents or the settings, then deploy again"
    )


def _progress(job: "IngestionJobSummaryTypeDef | None") -> str:
    seen = f"{job['status']}, {counted(_statistic(job, SCANNED), 'document')} scanned" if job else "not started"
    return f"the ingestion into the new one is {seen}; the one before it still answers"


def _goes_back(agent: "AgentsforBedrockClient", before: DataSource, wanted: DataSource) -> bool:
    """Whether CloudFormation takes a change back: a rollback must neither wait nor fail."""
    created: list[Any] = []
    for source in (wanted, before):
        ids = {"knowledgeBaseId": source.knowledge_base_id, "dataSourceId": source.id}
        created.append(agent.get_data_source(**ids)["dataSource"]["createdAt"])
    return bool(created[0] < created[1])


def _failed(job: "IngestionJobSummaryTypeDef") -> int:
    return _statistic(job, FAILED)


def _statistic(job: "IngestionJobSummaryTypeDef", name: str) -> int:
    statistics: Mapping[str, Any] = job.get("statistics", {})
    return int(statistics.get(name, 0))


def _if_there(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except Exception as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None
