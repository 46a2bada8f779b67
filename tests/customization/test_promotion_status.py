"""How far a promotion is: failures and unknown states first, then ready only when the target serves this model."""

import pytest

from customization.promotion import DEPLOYMENT_PHASES, THROUGHPUT_PHASES, UPDATE_PHASES, PromotionError
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, a_run, stubbed
from tests.customization.promoting import BOTH, DEPLOYMENT_ARN, PROVISIONED, Promoting, update_details


def test_a_failed_deployment_carries_bedrocks_reason() -> None:
    promoting = Promoting().with_deployment(MODEL_ARN, "Failed", failureMessage="no capacity left")

    with pytest.raises(PromotionError, match=r"sup-support failed to serve .*: no capacity left"):
        promoting.promotion.status(a_run(), MODEL_ARN)


def test_a_failed_update_fails_the_promotion() -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN, updateDetails=update_details("UpdateFailed"))

    with pytest.raises(PromotionError, match="no reason given"):
        promoting.promotion.status(a_run(), MODEL_ARN)


def test_a_failed_throughput_carries_bedrocks_reason() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN, MODEL_ARN, "Failed", failureMessage="quota")

    with pytest.raises(PromotionError, match="quota"):
        promoting.promotion.status(PROVISIONED, MODEL_ARN)


def test_a_status_that_bedrock_may_add_is_not_guessed() -> None:
    promoting = Promoting().with_deployment(MODEL_ARN, "Paused")

    with pytest.raises(PromotionError, match="Paused; allowed Creating, Active, Failed"):
        promoting.promotion.status(a_run(), MODEL_ARN)


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

    answer = promoting.promotion.status(a_run(), MODEL_ARN)

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

    assert promoting.promotion.status(PROVISIONED, MODEL_ARN)["status"] == expected


def test_a_throughput_that_is_released_is_ready_without_a_target() -> None:
    promoting = Promoting().without("get_provisioned_model_throughput")

    assert promoting.promotion.status(PROVISIONED, MODEL_ARN) == {"status": "READY", "target_arn": ""}


def test_with_both_the_later_one_decides_and_the_deployment_is_the_target() -> None:
    promoting = Promoting().with_deployment(MODEL_ARN).with_throughput(OTHER_MODEL_ARN, status="Updating")

    assert promoting.promotion.status(BOTH, MODEL_ARN) == {"status": "IN_PROGRESS", "target_arn": DEPLOYMENT_ARN}


def test_every_status_of_the_api_is_in_a_table() -> None:
    client, _ = stubbed("bedrock")
    model = client.meta.service_model
    for shape, table in (
        ("CustomModelDeploymentStatus", DEPLOYMENT_PHASES),
        ("CustomModelDeploymentUpdateStatus", UPDATE_PHASES),
        ("ProvisionedModelStatus", THROUGHPUT_PHASES),
    ):
        assert set(model.shape_for(shape).enum) == set(table)
