"""Which models are deleted after a promotion, and which are kept."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, RUN_ID
from tests.customization.checking_aws import (
    ALL_CHECKS,
    NOW_SECONDS,
    PROMOTED,
    SERVES,
    SERVING,
    CheckingAws,
    checked_run,
)
from tests.customization.promoting import OURS

NOW_SERVES = {**SERVES, "custom_model_arn": MODEL_ARN, "run_id": RUN_ID}
OLD = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/oldoldoldold"
WATCH = {"since": NOW_SECONDS, "until": NOW_SECONDS + 60 * 60 + 2 * 3600, "run_id": RUN_ID}


def ending(promoted: list[str], used: list[str], bases: list[str]) -> CheckingAws:
    """`promoted`: the models that the alias was given, the latest last; `used`: values of parameters."""
    aws = CheckingAws().with_settings().with_parameter(SERVING, NOW_SERVES)
    versions = [
        {"Value": json.dumps({"custom_model_arn": arn, "run_id": f"run-{number}"}), "Version": number}
        for number, arn in enumerate(promoted, start=1)
    ]
    aws.ssm.add_response("get_parameter_history", {"Parameters": versions}, {"Name": PROMOTED})
    if len(set(promoted) - {""}) > 2:
        values = [{"Name": f"/{number}", "Value": value} for number, value in enumerate(used)]
        asked = {"Path": "/bedrock-kit/sup", "Recursive": True}
        aws.ssm.add_response("get_parameters_by_path", {"Parameters": values}, asked)
        jobs = [
            {"jobArn": base, "jobName": "x", "baseModelArn": base, "status": "InProgress", "creationTime": 0}
            for base in bases
        ]
        answer = {"modelCustomizationJobSummaries": jobs}
        aws.bedrock.add_response("list_model_customization_jobs", answer, {"statusEquals": "InProgress"})
    return aws


def with_old_model(aws: CheckingAws, tags: Any = OURS) -> CheckingAws:
    aws.bedrock.add_response("list_tags_for_resource", {"tags": tags}, {"resourceARN": OLD})
    return aws


def test_a_model_beyond_the_last_ones_is_deleted() -> None:
    aws = with_old_model(ending([OLD, OLD, OTHER_MODEL_ARN, "", MODEL_ARN], ["{}"], []))
    aws.bedrock.add_response("delete_custom_model", {}, {"modelIdentifier": OLD})

    assert aws.after.end() == {"deleted_models": [OLD]}
    aws.all_called()


@pytest.mark.parametrize(
    "promoted", [[MODEL_ARN], [OTHER_MODEL_ARN, MODEL_ARN], [OLD, OTHER_MODEL_ARN, OLD, MODEL_ARN]]
)
def test_the_way_back_and_the_last_ones_are_kept(promoted: list[str]) -> None:
    aws = ending(promoted, [f'{{"custom_model_arn": "{OTHER_MODEL_ARN}"}}'], [])

    assert aws.after.end() == {"deleted_models": []}
    aws.all_called()


@pytest.mark.parametrize(
    ("used", "bases"),
    [
        ([f'{{"custom_model_arn": "{OLD}"}}'], []),
        ([f'{{"base_model": "{OLD}"}}'], []),
        (["no JSON", '{"parent": "run-1"}'], []),  # of the same deployment.toml: the id of its run
        ([], [OLD]),
    ],
)
def test_a_model_that_serves_or_trains_another_one_is_kept(used: list[str], bases: list[str]) -> None:
    aws = ending([OLD, OTHER_MODEL_ARN, MODEL_ARN], used, bases)

    assert aws.after.end() == {"deleted_models": []}
    aws.all_called()


@pytest.mark.parametrize("code", ["ConflictException", "ResourceNotFoundException"])
def test_a_model_that_bedrock_still_serves_or_that_is_gone_is_passed_over(code: str) -> None:
    aws = with_old_model(ending([OLD, OTHER_MODEL_ARN, MODEL_ARN], [], []))
    aws.bedrock.add_client_error("delete_custom_model", code)

    assert aws.after.end() == {"deleted_models": []}


def test_somebody_elses_model_is_not_deleted() -> None:
    aws = with_old_model(ending([OLD, OTHER_MODEL_ARN, MODEL_ARN], [], []), [])

    assert aws.after.end() == {"deleted_models": []}


def test_without_a_number_every_model_is_kept() -> None:
    run = checked_run(replace(ALL_CHECKS, keep_models=None))
    aws = CheckingAws(run).with_settings().with_parameter(SERVING, {**NOW_SERVES, "watch": WATCH})

    assert aws.writes(SERVING, NOW_SERVES).after.end() == {"deleted_models": []}
    aws.all_called()


def test_an_imported_model_is_deleted_as_one() -> None:
    imported = "arn:aws:bedrock:us-east-1:111122223333:imported-model/oldoldoldold"
    aws = ending([imported, OTHER_MODEL_ARN, MODEL_ARN], [], [])
    aws.bedrock.add_response("list_tags_for_resource", {"tags": OURS}, {"resourceARN": imported})
    aws.bedrock.add_response("delete_imported_model", {}, {"modelIdentifier": imported})

    assert aws.after.end() == {"deleted_models": [imported]}
    aws.all_called()
