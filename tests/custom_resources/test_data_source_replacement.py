"""What replaces a data source is filled before the deploy goes on; the one before stays while it is asked."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from custom_resources.ingestion_start import QUIET_SECONDS, IngestionStartResource
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import event, stubbed

NOW = 1_800_000_000.0
PARAMETER = "/bedrock-kit/sup/knowledge-base/documents/id"
OLD = {"KnowledgeBaseId": "OLD1234567", "DataSourceId": "OLDSOURCE1"}
NEW = {"KnowledgeBaseId": "NEW1234567", "DataSourceId": "NEWSOURCE1"}
COMMON = {"QueueUrl": "https://queue", "ContentHash": "h", "IdParameter": PARAMETER, "DrainSeconds": "90"}
ONE_FAILED = {"numberOfDocumentsFailed": 1, "numberOfDocumentsScanned": 40}


class Account:
    """Stubs of the services; every `sees_` is an answer that the resource asks for, in this order."""

    def __init__(self) -> None:
        agent, self.agent = stubbed("bedrock-agent")
        ssm, self.ssm = stubbed("ssm")
        sqs, _ = stubbed("sqs")
        self.resource = IngestionStartResource(agent, sqs.send_message, ssm, lambda: NOW)

    def sees_jobs(self, of: dict[str, str], *jobs: dict[str, Any], complete: bool) -> None:
        status = {"attribute": "STATUS", "operator": "EQ", "values": ["COMPLETE"]}
        asked = {
            **ids(of),
            "sortBy": {"attribute": "STARTED_AT", "order": "DESCENDING"},
            "maxResults": 1,
            **({"filters": [status]} if complete else {}),
        }
        self.agent.add_response("list_ingestion_jobs", {"ingestionJobSummaries": list(jobs)}, asked)

    def sees_source(self, of: dict[str, str], *, age: float = 0.0, policy: str = "DELETE") -> None:
        source = data_source(of, datetime.fromtimestamp(NOW - age, UTC), policy)
        self.agent.add_response("get_data_source", {"dataSource": source}, ids(of))

    def sees_before(self, **statistics: int) -> None:
        """The one before has answered, and is the older one."""
        self.sees_jobs(OLD, job(OLD, "COMPLETE", **statistics), complete=True)
        self.sees_source(NEW)
        self.sees_source(OLD, age=9_000)

    def sees_id(self, value: str, *, since: float = 0.0) -> None:
        changed = datetime.fromtimestamp(NOW - since, UTC)
        self.ssm.add_response(
            "get_parameter", {"Parameter": {"Value": value, "LastModifiedDate": changed}}, {"Name": PARAMETER}
        )

    def updated(self, after: dict[str, str] = NEW, before: dict[str, str] = OLD, *, held: str = "") -> Snapshot:
        held = held or "/".join(before.values())
        old = {**COMMON, **before}
        request = event("Update", {**COMMON, **after}, OldResourceProperties=old, PhysicalResourceId=held)
        return self._looked(request)

    def deleted(self, properties: dict[str, str] = OLD) -> Snapshot:
        return self._looked(event("Delete", {**COMMON, **properties}))

    def _looked(self, request: dict[str, Any]) -> Snapshot:
        snapshot = self.resource.describe(Request.from_event(request))
        for stubber in (self.agent, self.ssm):
            stubber.assert_no_pending_responses()
        return snapshot


def ids(of: dict[str, str]) -> dict[str, str]:
    return {"knowledgeBaseId": of["KnowledgeBaseId"], "dataSourceId": of["DataSourceId"]}


def job(of: dict[str, str], status: str, **statistics: int) -> dict[str, Any]:
    moment = datetime.fromtimestamp(NOW - 1_000, UTC)
    times = {"startedAt": moment, "updatedAt": moment}
    return {**ids(of), "ingestionJobId": "JOB1234567", "status": status, "statistics": statistics, **times}


def data_source(of: dict[str, str], created: datetime, policy: str) -> dict[str, Any]:
    bucket = {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::documents"}}
    return {
        **ids(of),
        "name": "documents-1",
        "status": "AVAILABLE",
        "dataSourceConfiguration": bucket,
        "dataDeletionPolicy": policy,
        "createdAt": created,
        "updatedAt": created,
    }


def reasons(stubber: Stubber, of: dict[str, str], status: str) -> None:
    full = {**job(of, status), "failureReasons": ["Encountered error: s3://documents/a.pdf: broken"]}
    stubber.add_response("get_ingestion_job", {"ingestionJob": full}, {**ids(of), "ingestionJobId": "JOB1234567"})


@pytest.fixture
def account() -> Account:
    return Account()


def test_it_waits_for_the_first_job_to_start(account: Account) -> None:
    account.sees_before()
    account.sees_jobs(NEW, complete=True)
    account.sees_jobs(NEW, complete=False)

    snapshot = account.updated()

    assert snapshot.phase is Phase.IN_PROGRESS
    assert "not started; the one before it still answers" in snapshot.waiting_for


def test_it_waits_for_the_first_job_to_end_and_says_how_far_it_is(account: Account) -> None:
    account.sees_before()
    account.sees_jobs(NEW, complete=True)
    account.sees_jobs(NEW, job(NEW, "IN_PROGRESS", numberOfDocumentsScanned=1200), complete=False)

    snapshot = account.updated()

    assert snapshot.phase is Phase.IN_PROGRESS
    assert "IN_PROGRESS, 1,200 documents scanned" in snapshot.waiting_for


@pytest.mark.parametrize("statistics", [{}, ONE_FAILED])
def test_a_document_that_failed_before_may_fail_again(account: Account, statistics: dict[str, int]) -> None:
    account.sees_before(**ONE_FAILED)
    account.sees_jobs(NEW, job(NEW, "COMPLETE", **statistics), complete=True)

    assert account.updated().phase is Phase.READY


@pytest.mark.parametrize("status", ["COMPLETE", "FAILED", "STOPPED"])
def test_what_is_worse_than_before_fails_the_deploy_with_the_reason(account: Account, status: str) -> None:
    account.sees_before()
    ended = job(NEW, status, **ONE_FAILED)
    account.sees_jobs(NEW, *([ended] if status == "COMPLETE" else []), complete=True)
    account.sees_jobs(NEW, ended, complete=False)
    reasons(account.agent, NEW, status)

    with pytest.raises(ResourceFailedError, match=rf"is {status}, 1 document failed and 0 did before: .*a\.pdf"):
        account.updated()


def test_a_job_that_runs_after_a_worse_one_may_still_fill_it(account: Account) -> None:
    account.sees_before()
    account.sees_jobs(NEW, job(NEW, "COMPLETE", **ONE_FAILED), complete=True)
    account.sees_jobs(NEW, job(NEW, "IN_PROGRESS"), complete=False)

    assert account.updated().phase is Phase.IN_PROGRESS


def test_a_new_one_deleted_by_hand_meanwhile_fails_the_deploy(account: Account) -> None:
    account.sees_before()
    account.agent.add_client_error("list_ingestion_jobs", "ResourceNotFoundException")

    with pytest.raises(ResourceFailedError, match="NEWSOURCE1 was deleted while it was being filled"):
        account.updated()


def test_nothing_is_awaited_where_nothing_has_answered(account: Account) -> None:
    account.sees_jobs(OLD, complete=True)

    assert account.updated().phase is Phase.READY


def test_nothing_is_awaited_where_the_one_before_was_deleted_by_hand(account: Account) -> None:
    account.agent.add_client_error("list_ingestion_jobs", "ResourceNotFoundException")

    assert account.updated().phase is Phase.READY


def test_changed_documents_are_not_awaited(account: Account) -> None:
    assert account.updated(after=OLD).phase is Phase.READY


def test_a_rollback_after_a_failed_fill_waits_for_nothing(account: Account) -> None:
    """The failed update kept the old physical id."""
    assert account.updated(after=OLD, before=NEW, held="/".join(OLD.values())).phase is Phase.READY


def test_a_rollback_after_the_switch_waits_for_nothing(account: Account) -> None:
    account.sees_jobs(NEW, job(NEW, "COMPLETE"), complete=True)
    account.sees_source(OLD, age=9_000)
    account.sees_source(NEW)

    assert account.updated(after=OLD, before=NEW).phase is Phase.READY


@pytest.mark.parametrize(("since", "phase"), [(89.0, Phase.IN_PROGRESS), (90.0, Phase.GONE)])
def test_the_one_before_stays_until_callers_know_the_new_one(account: Account, since: float, phase: Phase) -> None:
    account.sees_id("NEW1234567", since=since)
    if phase is Phase.GONE:
        account.sees_jobs(OLD, complete=False)

    assert account.deleted().phase is phase


def test_so_does_the_new_one_after_a_rollback(account: Account) -> None:
    account.sees_id("OLD1234567", since=1)

    snapshot = account.deleted(NEW)

    assert (snapshot.phase, snapshot.waiting_for) == (Phase.IN_PROGRESS, "callers may use it for 89 s more")


def test_the_end_of_the_stack_waits_for_no_callers(account: Account) -> None:
    account.ssm.add_client_error("get_parameter", "ParameterNotFound")
    account.sees_jobs(OLD, job(OLD, "COMPLETE"), complete=False)

    assert QUIET_SECONDS <= 1_000
    assert account.deleted().phase is Phase.GONE


def test_a_data_source_that_goes_alone_takes_its_passages_along(account: Account) -> None:
    """Searches of the knowledge base would find them beside those of its replacement."""
    account.sees_id("OLD1234567")
    account.sees_jobs(OLD, complete=False)
    account.sees_source(OLD, policy="RETAIN")
    changed = data_source(OLD, datetime.fromtimestamp(NOW, UTC), "DELETE")
    settings = {name: changed[name] for name in ("name", "dataSourceConfiguration", "dataDeletionPolicy")}
    account.agent.add_response("update_data_source", {"dataSource": changed}, {**ids(OLD), **settings})

    assert account.deleted().phase is Phase.GONE


def test_one_that_takes_them_along_anyway_is_left_as_it_is(account: Account) -> None:
    account.sees_id("OLD1234567")
    account.sees_jobs(OLD, complete=False)
    account.sees_source(OLD)

    assert account.deleted().phase is Phase.GONE
