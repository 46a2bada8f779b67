"""The progress of a promotion: failures and unknown statuses first, then when a target is ready."""

import pytest

from customization.promotion_targets.target import DELETING, PHASES, PromotionError
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, a_run, stubbed
from tests.customization.promoting import BOTH, DEPLOYMENT_ARN, PROVISIONED, Promoting, update_details


def test_a_failed_deployment_carries_bedrocks_reason() -> None:
    promoting = Promoting().with_deployment(MODEL_ARN, "Failed", failureMessage="no capacity left")

    with pytest.raises(PromotionError, match=r"sup-support failed to serve .*: no capacity left"):
        promoting.status(a_run())


def test_a_failed_update_fails_the_promotion() -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN, updateDetails=update_details("UpdateFailed"))

    with pytest.raises(PromotionError, match="no reason given"):
        promoting.status(a_run())


def test_a_failed_throughput_carries_bedrocks_reason() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN, MODEL_ARN, "Failed", failureMessage="quota")

    with pytest.raises(PromotionError, match=r"sup-support failed to serve .*: quota"):
        promoting.status(PROVISIONED)


def test_an_unknown_status_is_an_error() -> None:
    promoting = Promoting().with_deployment(MODEL_ARN, "Paused")

    with pytest.raises(PromotionError, match="sup-support has the unknown status Paused; known are Creating"):
        promoting.status(a_run())


@pytest.mark.parametrize(
    ("model", "status", "more", "expected"),
    [
        (MODEL_ARN, "Creating", {}, "IN_PROGRESS"),
        (MODEL_ARN, "Active", {}, "READY"),
        (OTHER_MODEL_ARN, "Active", {}, "IN_PROGRESS"),
        (OTHER_MODEL_ARN, "Active", {"updateDetails": update_details("Updating")}, "IN_PROGRESS"),
        (MODEL_ARN, "Active", {"updateDetails": update_details("UpdateCompleted")}, "READY"),
        (MODEL_ARN, "Active", {"updateDetails": update_details("UpdateFailed", OTHER_MODEL_ARN)}, "READY"),
    ],
)
def test_a_deployment_is_ready_when_it_serves_this_model(
    model: str, status: str, more: dict[str, object], expected: str
) -> None:
    promoting = Promoting().with_deployment(model, status, **more)

    answer = promoting.status(a_run())

    assert answer == {"status": expected, "target_arn": DEPLOYMENT_ARN}


@pytest.mark.parametrize(
    ("model", "status", "expected"),
    [
        (MODEL_ARN, "InService", "READY"),
        (OTHER_MODEL_ARN, "InService", "IN_PROGRESS"),
        (OTHER_MODEL_ARN, "Updating", "IN_PROGRESS"),
        (MODEL_ARN, "Creating", "IN_PROGRESS"),
    ],
)
def test_a_throughput_is_ready_when_it_serves_this_model(model: str, status: str, expected: str) -> None:
    promoting = Promoting().with_throughput(model, status=status)

    assert promoting.status(PROVISIONED)["status"] == expected


def test_a_released_throughput_is_ready_without_a_target() -> None:
    promoting = Promoting().without("get_provisioned_model_throughput")

    assert promoting.status(PROVISIONED) == {"status": "READY", "target_arn": ""}


def test_with_both_targets_the_slower_one_decides_and_the_deployment_is_the_target() -> None:
    promoting = Promoting().with_deployment(MODEL_ARN).with_throughput(OTHER_MODEL_ARN, status="Updating")

    assert promoting.status(BOTH) == {"status": "IN_PROGRESS", "target_arn": DEPLOYMENT_ARN}


def test_the_table_has_every_status_of_the_api_and_the_one_that_only_the_guide_has() -> None:
    client, _ = stubbed("bedrock")
    shapes = ("CustomModelDeploymentStatus", "CustomModelDeploymentUpdateStatus", "ProvisionedModelStatus")

    listed = {status for shape in shapes for status in client.meta.service_model.shape_for(shape).enum}
    assert listed | {DELETING} == set(PHASES)
