"""Two customizations with the same content: one creates the job, the other waits, whatever happens to the first."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import ANY

from customization.same_content import CLAIM_ENDS, SameContentBusyError, claim_run
from tests.customization.aws import BUCKET, JOB_ARN, RUN_ID, a_run, streamed, stubbed

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
PLACE = {"Bucket": BUCKET, "Key": f"runs/.claims/{RUN_ID}.json"}
ETAG = '"0123"'


class Claiming:
    def __init__(self, *jobs: str, owner: str = "sup") -> None:
        self.bedrock_client, self.bedrock = stubbed("bedrock")
        self.s3_client, self.s3 = stubbed("s3")
        base = {"jobArn": JOB_ARN, "status": "InProgress", "baseModelArn": JOB_ARN, "creationTime": 0}
        answer = {"modelCustomizationJobSummaries": [{**base, "jobName": name} for name in jobs]}
        asked = {"nameContains": RUN_ID, "statusEquals": "InProgress"}
        self.bedrock.add_response("list_model_customization_jobs", answer, asked)
        for name in jobs:
            if "-support-" not in name:
                tags = {"tags": [{"key": "bedrock-kit:deployment", "value": owner}]}
                self.bedrock.add_response("list_tags_for_resource", tags, {"resourceARN": JOB_ARN})

    def writes(self, *, refused: bool = False, **condition: str) -> "Claiming":
        expected = {**PLACE, "Body": ANY, **condition}
        if refused:
            self.s3.add_client_error("put_object", "PreconditionFailed", "", 412, expected_params=expected)
        else:
            self.s3.add_response("put_object", {}, expected)
        return self

    def reads(self, customization: str, age: timedelta = timedelta()) -> "Claiming":
        claim = {"customization": customization, "claimed_at": (NOW - age).isoformat()}
        answer: dict[str, Any] = {**streamed(json.dumps(claim).encode()), "ETag": ETAG}
        self.s3.add_response("get_object", answer, PLACE)
        return self

    def claim(self) -> None:
        try:
            claim_run(a_run(), bedrock=self.bedrock_client, s3=self.s3_client, now=NOW)
        finally:
            self.s3.assert_no_pending_responses()
            self.bedrock.assert_no_pending_responses()


def test_the_first_one_claims_the_run() -> None:
    Claiming().writes(IfNoneMatch="*").claim()


def test_the_second_one_waits() -> None:
    claiming = Claiming().writes(refused=True, IfNoneMatch="*").reads("help", timedelta(minutes=9))

    with pytest.raises(SameContentBusyError, match="support waits for help, which has the same content"):
        claiming.claim()


def test_a_job_of_another_customization_is_awaited_for_days() -> None:
    job = f"sup-help-{RUN_ID}-20261120023000"

    with pytest.raises(SameContentBusyError, match=f"model of the same content that {job} trains"):
        Claiming(job).claim()


@pytest.mark.parametrize(
    ("job", "owner"), [(f"sup-support-{RUN_ID}-20261120023000", "sup"), (f"sap-help-{RUN_ID}-20261120023000", "sap")]
)
def test_its_own_job_and_those_of_another_deployment_are_not_awaited(job: str, owner: str) -> None:
    Claiming(job, owner=owner).writes(IfNoneMatch="*").claim()


@pytest.mark.parametrize(("customization", "age"), [("help", CLAIM_ENDS), ("support", timedelta(minutes=1))])
def test_a_claim_without_a_job_ends_and_ones_own_is_renewed(customization: str, age: timedelta) -> None:
    claiming = Claiming().writes(refused=True, IfNoneMatch="*").reads(customization, age)

    claiming.writes(IfMatch=ETAG).claim()


def test_of_two_that_renew_at_once_one_waits() -> None:
    claiming = Claiming().writes(refused=True, IfNoneMatch="*").reads("help", CLAIM_ENDS)

    with pytest.raises(SameContentBusyError, match="support waits for another customization"):
        claiming.writes(refused=True, IfMatch=ETAG).claim()
