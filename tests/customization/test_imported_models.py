"""Imported models in the workflow: found, promoted, tried, compared with, and deleted under their own ARN."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from customization.candidate import Candidate
from customization.evaluation_gate import _served_model
from customization.existing_model import ExistingModel, find_model
from customization.external.check import check_external_model
from customization.promotion import Promotion
from customization.promotion_targets.imported_model import ImportedModel
from customization.promotion_targets.target import Phase, Progress, PromotionError
from customization.promotion_targets.targets import targets_of
from kit_contract.external_models import IMPORT, source_record
from kit_contract.model_source import import_source
from tests.customization.aws import BUCKET, KEY, RUN_ID, a_run, streamed, stubbed

ARN = "arn:aws:bedrock:us-east-1:111122223333:imported-model/importimport"
JOB = "arn:aws:bedrock:us-east-1:111122223333:model-import-job/importimport"
MEMBERS = {"ModelDataSource": import_source("s3://open-models/llama/")}
RUN = a_run(method=IMPORT, base_model="", job_members=MEMBERS)
NAME = f"sup-earlier-name-{RUN_ID}"
OURS, THEIRS = ([{"key": "bedrock-kit:deployment", "value": name}] for name in ("sup", "other"))
NOW = "20261127183000"


@pytest.fixture
def bedrock() -> tuple[Any, Stubber]:
    return stubbed("bedrock")


def imported(stubber: Stubber, **more: Any) -> None:
    answer = {"modelArn": ARN, "modelName": NAME, "instructSupported": True, **more}
    stubber.add_response("get_imported_model", answer, {"modelIdentifier": ARN})


def listed(stubber: Stubber, name: str = NAME, tags: Any = OURS) -> None:
    found = [{"modelArn": ARN, "modelName": name, "creationTime": 0}] if name else []
    asked = {"nameContains": RUN_ID, "sortBy": "CreationTime", "sortOrder": "Descending"}
    stubber.add_response("list_imported_models", {"modelSummaries": found}, asked)
    if name.endswith(RUN_ID):
        stubber.add_response("list_tags_for_resource", {"tags": tags}, {"resourceARN": ARN})


@pytest.mark.parametrize(
    ("name", "tags", "found"),
    [
        (NAME, OURS, ExistingModel(ARN, NAME, "Active")),  # of the section's earlier name
        (NAME, THEIRS, None),
        (f"{NAME}-other", OURS, None),
        ("", OURS, None),
    ],
)
def test_a_model_is_found_by_its_run_and_owner(
    bedrock: tuple[Any, Stubber], name: str, tags: Any, found: ExistingModel | None
) -> None:
    client, stubber = bedrock
    listed(stubber, name, tags)

    assert find_model(RUN, client) == found
    stubber.assert_no_pending_responses()


def test_a_job_of_an_earlier_attempt_is_gone_on_with(bedrock: tuple[Any, Stubber]) -> None:
    client, stubber = bedrock
    s3_client, s3 = stubbed("s3")
    listed(stubber, "")
    content = source_record(IMPORT, {**MEMBERS, "Files": {"config.json": [1, "0f"]}})
    s3.add_response("get_object", streamed(content), {"Bucket": BUCKET, "Key": KEY})
    job = {"jobArn": JOB, "jobName": f"sup-x-{RUN_ID}", "status": "InProgress", "creationTime": 0}
    stubber.add_response("list_model_import_jobs", {"modelImportJobSummaries": [job]})
    stubber.add_response("list_tags_for_resource", {"tags": OURS}, {"resourceARN": JOB})

    found = check_external_model(RUN, bedrock=client, s3=s3_client, timestamp=NOW)

    assert found.get("adopted") == JOB


def test_it_is_its_own_target_and_candidate(bedrock: tuple[Any, Stubber]) -> None:
    client, stubber = bedrock
    for _ in range(4):
        imported(stubber)
    (target,) = targets_of(RUN.specification, client)
    candidate = Candidate(RUN, client)

    assert isinstance(target, ImportedModel)
    assert target.promote(RUN, ARN) == candidate.create(ARN) == ARN
    assert target.progress(ARN) == Progress(NAME, Phase.READY, ARN)
    assert candidate.status(ARN) == {"status": "READY", "target_arn": ARN}
    assert candidate.delete()
    assert not candidate.exists()
    stubber.assert_no_pending_responses()


def test_a_model_that_takes_no_messages_is_not_promoted(bedrock: tuple[Any, Stubber]) -> None:
    client, stubber = bedrock
    imported(stubber, instructSupported=False)
    stubber.add_client_error("get_imported_model", "ResourceNotFoundException")
    stubber.add_client_error("get_imported_model", "ResourceNotFoundException")

    for message in ("instructSupported is false", "was deleted"):
        with pytest.raises(PromotionError, match=message):
            ImportedModel(client).promote(RUN, ARN)
    with pytest.raises(PromotionError, match="was deleted while"):
        Candidate(RUN, client).status(ARN)


def test_the_alias_is_published_with_the_section_that_it_belongs_to(bedrock: tuple[Any, Stubber]) -> None:
    ssm_client, ssm = stubbed("ssm")
    specification = json.dumps(RUN.specification.to_json())
    ssm.add_response("get_parameter", {"Parameter": {"Value": specification}})
    ssm.add_response("put_parameter", {})
    value = {
        "target_arn": ARN,
        "kind": "imported-model",
        "custom_model_arn": ARN,
        "base_model": "",
        "run_id": RUN_ID,
        "published_at": "now",
        "customization": "support",
    }
    expected = {"Name": "/bedrock-kit/sup/aliases/support-bot/serving", "Value": json.dumps(value)}
    ssm.add_response("put_parameter", {}, {**expected, "Type": "String", "Overwrite": True})

    Promotion(bedrock=bedrock[0], ssm=ssm_client).publish(RUN, ARN, ARN, now="now")

    ssm.assert_no_pending_responses()


def test_what_serves_is_looked_up_by_its_kind(bedrock: tuple[Any, Stubber]) -> None:
    client, stubber = bedrock
    imported(stubber)

    assert _served_model(ARN, client) == ARN
