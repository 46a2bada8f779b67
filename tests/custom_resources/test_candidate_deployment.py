"""A candidate goes with its deployment, or with the evaluation that it was made for."""

import pytest

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from tests.custom_resources.aws import event
from tests.custom_resources.deployments_of_bedrock import ARN, Fixture

CANDIDATE = "sup-support-candidate"


@pytest.fixture
def aws() -> Fixture:
    return Fixture()


def evaluated(kind: str, *, now: bool, before: bool = True) -> Request:
    properties = {"DeploymentName": "sup-support", "Alias": "bot", "KitDeployment": "sup"}
    old = properties | ({"Candidate": "true"} if before else {})
    given = event(kind, properties | ({"Candidate": "true"} if now else {}))
    return Request.from_event(given | ({"OldResourceProperties": old} if kind == "Update" else {}))


def test_a_candidate_is_deleted_with_its_deployment(aws: Fixture) -> None:
    aws.serving(None)
    aws.absent()
    aws.found(name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    aws.bedrock.add_response("delete_custom_model_deployment", {}, {"customModelDeploymentIdentifier": ARN})
    aws.resource.delete(evaluated("Delete", now=True))

    aws.absent()
    aws.found("Creating", name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    assert aws.resource.describe(evaluated("Delete", now=True)).phase is Phase.IN_PROGRESS
    aws.absent()
    aws.found("Deleting", name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    assert aws.resource.describe(evaluated("Delete", now=True)).phase is Phase.IN_PROGRESS
    aws.absent()
    aws.absent()
    assert aws.resource.describe(evaluated("Delete", now=True)).phase is Phase.GONE
    aws.done()


def test_an_evaluation_that_is_removed_takes_its_candidate_along(aws: Fixture) -> None:
    aws.found(name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    aws.bedrock.add_client_error("delete_custom_model_deployment", "ConflictException")
    look = aws.resource.describe(evaluated("Update", now=False))
    assert (look.phase, look.waiting_for) == (Phase.IN_PROGRESS, f"{CANDIDATE} is deleted")

    aws.found("Deleting", name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    assert aws.resource.describe(evaluated("Update", now=False)).phase is Phase.IN_PROGRESS
    aws.absent()
    aws.found()
    assert aws.resource.describe(evaluated("Update", now=False)).phase is Phase.READY
    aws.done()


def test_an_evaluation_that_stays_keeps_its_candidate(aws: Fixture) -> None:
    aws.found()

    assert aws.resource.describe(evaluated("Update", now=True)).phase is Phase.READY
    aws.done()
