"""Promotion: what must not be touched, then both ways to serve a model, and the alias."""

import json
from typing import Any

import pytest

from customization.promotion import PromotionBusyError, PromotionError
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, RUN_ID, a_run
from tests.customization.promoting import (
    DEPLOYMENT_ARN,
    OURS,
    PROVISIONED,
    THROUGHPUT_ARN,
    Promoting,
    update_details,
)


@pytest.mark.parametrize("tags", [[], [{"key": "bedrock-kit:deployment", "value": "another"}]])
def test_a_deployment_of_someone_elses_is_not_touched(tags: list[dict[str, str]]) -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN).with_tags(DEPLOYMENT_ARN, tags)

    with pytest.raises(PromotionError, match="exists and is not ours: tag bedrock-kit:deployment must be sup"):
        promoting.promote(a_run())


def test_a_throughput_of_someone_elses_is_not_touched() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN).with_tags(THROUGHPUT_ARN, [])

    with pytest.raises(PromotionError, match="is not ours"):
        promoting.promote(PROVISIONED)


def test_without_the_throughput_the_model_is_kept_and_the_fix_is_said() -> None:
    with pytest.raises(PromotionError, match=f"{MODEL_ARN} is trained and kept; deploy the provisioned-throughput"):
        Promoting().without("get_provisioned_model_throughput").promote(PROVISIONED)


@pytest.mark.parametrize(
    ("status", "more"),
    [("Creating", {}), ("Active", {"updateDetails": update_details("Updating", OTHER_MODEL_ARN)})],
)
def test_while_another_promotion_is_under_way_this_one_waits(status: str, more: dict[str, object]) -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN, status, **more).with_tags(DEPLOYMENT_ARN, OURS)

    with pytest.raises(PromotionBusyError, match="sup-support is being created or updated"):
        promoting.promote(a_run())


@pytest.mark.parametrize("status", ["Creating", "Updating"])
def test_while_a_throughput_changes_promotion_waits(status: str) -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN, status=status).with_tags(THROUGHPUT_ARN, OURS)

    with pytest.raises(PromotionBusyError):
        promoting.promote(PROVISIONED)


def test_the_first_promotion_creates_a_tagged_deployment() -> None:
    promoting = Promoting().without("get_custom_model_deployment")
    expected = {
        "modelDeploymentName": "sup-support",
        "modelArn": MODEL_ARN,
        "tags": OURS,
        "clientRequestToken": f"support-{RUN_ID}",
    }
    answer = {"customModelDeploymentArn": DEPLOYMENT_ARN}
    promoting.bedrock.add_response("create_custom_model_deployment", answer, expected)

    assert promoting.promote(a_run()) == {"target_arn": DEPLOYMENT_ARN}


def test_a_later_promotion_updates_the_deployment_in_place() -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN).with_tags(DEPLOYMENT_ARN, OURS)
    expected = {"customModelDeploymentIdentifier": DEPLOYMENT_ARN, "modelArn": MODEL_ARN}
    answer = {"customModelDeploymentArn": DEPLOYMENT_ARN}
    promoting.bedrock.add_response("update_custom_model_deployment", answer, expected)

    assert promoting.promote(a_run()) == {"target_arn": DEPLOYMENT_ARN}


def test_a_deployment_that_serves_the_model_already_is_left_alone() -> None:
    assert Promoting().with_deployment(MODEL_ARN).with_tags(DEPLOYMENT_ARN, OURS).promote(a_run()) == {
        "target_arn": DEPLOYMENT_ARN
    }


def test_a_throughput_is_updated_in_place() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN).with_tags(THROUGHPUT_ARN, OURS)
    expected = {"provisionedModelId": THROUGHPUT_ARN, "desiredModelId": MODEL_ARN}
    promoting.bedrock.add_response("update_provisioned_model_throughput", {}, expected)

    assert promoting.promote(PROVISIONED) == {"target_arn": THROUGHPUT_ARN}


def test_a_throughput_that_is_changing_to_the_model_is_left_alone() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN, MODEL_ARN, "Updating").with_tags(THROUGHPUT_ARN, OURS)

    assert promoting.promote(PROVISIONED) == {"target_arn": THROUGHPUT_ARN}


@pytest.mark.parametrize(
    ("run", "kind"), [(a_run(), "custom-model-deployment"), (PROVISIONED, "provisioned-throughput")]
)
def test_publishing_writes_what_serves_the_alias(run: dict[str, Any], kind: str) -> None:
    promoting = Promoting()
    value = {
        "target_arn": DEPLOYMENT_ARN,
        "kind": kind,
        "custom_model_arn": MODEL_ARN,
        "base_model": "amazon.nova-micro-v1:0:128k",
        "run_id": RUN_ID,
        "published_at": "2026-11-24T00:00:00Z",
    }
    expected = {
        "Name": "/bedrock-kit/sup/aliases/support-bot/serving",
        "Value": json.dumps(value),
        "Type": "String",
        "Overwrite": True,
    }
    promoting.ssm.add_response("put_parameter", {}, expected)

    result = promoting.promotion.publish(run, MODEL_ARN, DEPLOYMENT_ARN, now="2026-11-24T00:00:00Z")

    assert result == {"alias": "support-bot", "target_arn": DEPLOYMENT_ARN}
    promoting.ssm.assert_no_pending_responses()
