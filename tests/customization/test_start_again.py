"""A run that was started before: what serves decides whether it is started again, and a model is paid for once."""

from typing import Any

import pytest

from customization.earlier_attempts import MAX_FAILURES, StartError
from kit_contract.run_events import NOT_SERVED
from tests.customization.aws import KEY, MACHINE, OTHER_MODEL_ARN
from tests.customization.promoting import DEPLOYMENT_ARN
from tests.customization.starting import RUN, Starting, arn_of, listed


@pytest.mark.parametrize("status", ["RUNNING", "PENDING_REDRIVE"])
def test_a_running_run_is_not_started_again(status: str) -> None:
    starting = Starting().with_data().with_attempts(status).without_model()

    result = starting.starter.start("support", KEY)

    assert (result["started"], result["reason"]) == (False, f"this run is {status}")
    assert (result.get("execution_arn"), result.get("promotes")) == (arn_of(f"support-{RUN}"), False)
    starting.all_called()


def test_a_running_promotion_is_one_to_wait_for() -> None:
    starting = Starting().with_data().with_attempts("SUCCEEDED", "RUNNING").with_model()

    result = starting.starter.start("support", KEY)

    assert (result.get("execution_arn"), result.get("promotes")) == (arn_of(f"support-{RUN}-2"), True)
    starting.all_called()


@pytest.mark.parametrize("attempts", [(), ("SUCCEEDED",), ("FAILED",)])
def test_what_serves_already_is_not_started_again(attempts: tuple[str, ...]) -> None:
    """Whatever became of its executions: Step Functions keeps them for 90 days."""
    starting = Starting().with_data().with_attempts(*attempts).with_model().with_deployment()
    starting.with_promoted().with_serving()

    result = starting.starter.start("support", KEY)

    assert (result["started"], result["reason"]) == (False, "support-bot is served by this run's model")
    assert result.get("promotes") is False
    # What `make up` follows: a failure of what serves would keep it red.
    assert result.get("execution_arn") == (arn_of(f"support-{RUN}") if attempts == ("SUCCEEDED",) else None)
    starting.all_called()


@pytest.mark.parametrize(
    "drift",
    [
        lambda aws: aws.bedrock.add_client_error("get_custom_model_deployment", "ResourceNotFoundException"),
        lambda aws: aws.bedrock.add_client_error("get_custom_model_deployment", "AccessDeniedException"),
        lambda aws: aws.with_deployment(OTHER_MODEL_ARN),
        lambda aws: aws.with_deployment(status="Failed"),
        lambda aws: aws.with_deployment().with_promoted(None),
        lambda aws: aws.with_deployment().with_promoted(OTHER_MODEL_ARN),
        lambda aws: aws.with_deployment().with_promoted().with_serving(None),
        lambda aws: aws.with_deployment().with_promoted().with_serving(f"{DEPLOYMENT_ARN}x"),
        lambda aws: aws.with_deployment().with_promoted().with_serving(model=OTHER_MODEL_ARN),
    ],
    ids=[
        "gone",
        "another deployment's",
        "other model",
        "failed",
        "never",
        "other run",
        "no parameter",
        "other target",
        "other run's parameter",
    ],
)
def test_a_model_that_exists_and_does_not_serve_is_promoted_again(drift: Any) -> None:
    starting = Starting().with_data().with_attempts("SUCCEEDED").with_model()
    drift(starting)
    starting.held_back().with_start(f"support-{RUN}-2")

    result = starting.starter.start("support", KEY)

    assert (result["started"], result["reason"]) == (True, "attempt 2: the model exists and is promoted")
    assert result.get("promotes") is True
    starting.all_called()


@pytest.mark.parametrize("name", [f"sup-help-{RUN}", f"sup-{RUN}"])
def test_a_model_is_known_by_its_run_whatever_it_was_called(name: str) -> None:
    """The customization was renamed, or an earlier release named it."""
    starting = Starting().with_data().with_attempts().with_model(name).with_deployment(OTHER_MODEL_ARN)
    starting.held_back().with_start(f"support-{RUN}")

    assert starting.starter.start("support", KEY).get("promotes") is True
    starting.all_called()


@pytest.mark.parametrize(("name", "owner"), [(f"sap-support-{RUN}", "sap"), (f"sup-support-{RUN}-eu", "sup")])
def test_a_model_of_another_deployment_or_name_is_not_taken(name: str, owner: str) -> None:
    starting = Starting().with_data().with_attempts().with_model(name, owner=owner).with_job(owner=None)
    starting.with_start(f"support-{RUN}")

    assert starting.starter.start("support", KEY).get("promotes") is False
    starting.all_called()


def test_a_model_that_was_trained_and_is_gone_is_not_paid_for_again() -> None:
    starting = Starting().with_data().with_attempts("SUCCEEDED").without_model().with_job(owner="sup")

    result = starting.starter.start("support", KEY)

    assert result["started"] is False
    assert result["reason"].startswith(NOT_SERVED)
    assert "kit deploy --retrain support" in result["reason"]
    starting.all_called()


def test_a_job_of_another_deployment_was_not_ours() -> None:
    starting = Starting().with_data().with_attempts().without_model().with_job(owner="sap")
    starting.with_start(f"support-{RUN}")

    assert starting.starter.start("support", KEY)["started"] is True
    starting.all_called()


def test_a_model_that_is_gone_is_trained_again_after_the_word() -> None:
    starting = Starting().with_data().with_attempts("SUCCEEDED").without_model().with_job(owner="sup")
    starting.with_start(f"support-{RUN}-2")

    result = starting.starter.start("support", KEY, retrain=True)

    assert (result["started"], result.get("promotes")) == (True, False)
    starting.all_called()


@pytest.mark.parametrize(("uploaded_at", "started"), [("2026-11-24T00:00:00Z", False), ("2026-11-24T00:00:01Z", True)])
def test_a_late_event_of_replaced_data_does_not_bring_back_its_model(uploaded_at: str, *, started: bool) -> None:
    starting = Starting().with_data().with_attempts("SUCCEEDED").with_model().with_deployment(OTHER_MODEL_ARN)
    starting.held_back().with_promoted(OTHER_MODEL_ARN)
    if started:
        starting.with_start(f"support-{RUN}-2")

    assert starting.starter.start("support", KEY, uploaded_at=uploaded_at)["started"] is started
    starting.all_called()


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_run_that_failed_is_started_again_under_the_next_name(status: str) -> None:
    starting = Starting().with_data().with_attempts(status).without_model().with_job(owner=None)
    starting.with_start(f"support-{RUN}-2")

    result = starting.starter.start("support", KEY)

    assert result.get("execution_arn") == arn_of(f"support-{RUN}-2")
    assert (result["started"], result["reason"]) == (True, "attempt 2")
    starting.all_called()


def test_twenty_failures_in_a_row_are_an_error() -> None:
    starting = Starting().with_data().with_attempts("SUCCEEDED", *["FAILED"] * MAX_FAILURES)
    starting.without_model().with_job(owner=None)

    with pytest.raises(StartError, match="failed 20 times"):
        starting.starter.start("support", KEY)
    starting.all_called()


def test_any_number_of_promotions_is_not() -> None:
    starting = Starting().with_data().with_attempts(*["SUCCEEDED"] * MAX_FAILURES).with_model()
    starting.with_deployment(OTHER_MODEL_ARN).held_back().with_start(f"support-{RUN}-21")

    assert starting.starter.start("support", KEY)["started"] is True
    starting.all_called()


def test_an_unknown_status_is_an_error() -> None:
    starting = Starting().with_data().with_attempts("PAUSED").without_model().with_job(owner=None)

    with pytest.raises(StartError, match="unknown status PAUSED"):
        starting.starter.start("support", KEY)


def test_the_second_of_two_starts_within_a_moment_starts_nothing() -> None:
    starting = Starting().with_data().with_attempts().without_model().with_job(owner=None)
    listed(starting.states, [f"support-{RUN}"])
    starting.takes_turn()
    starting.states.add_client_error("start_execution", "ExecutionAlreadyExists")

    result = starting.starter.start("support", KEY)

    assert result["started"] is False
    assert result.get("execution_arn") == arn_of(f"support-{RUN}")


@pytest.mark.parametrize(("status", "cause"), [("RUNNING", ""), ("FAILED", "no capacity")])
def test_an_execution_is_followed_by_its_arn(status: str, cause: str) -> None:
    starting = Starting()
    answer = {"executionArn": arn_of("a"), "stateMachineArn": MACHINE, "status": status, "startDate": 0}
    more = {"cause": cause} if cause else {}
    starting.states.add_response("describe_execution", answer | more, {"executionArn": arn_of("a")})

    assert starting.starter.follow(arn_of("a")) == {"status": status, "cause": cause}
