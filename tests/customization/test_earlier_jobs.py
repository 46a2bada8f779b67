"""A job of the same content was paid for: another one needs a word, and waits until the first has ended."""

import pytest

from customization.earlier_attempts import StartError
from kit_contract.run_events import NOT_SERVED
from tests.customization.aws import KEY
from tests.customization.starting import RUN, Starting

AFTER, BEFORE = "2026-11-24T02:30:01Z", "2026-11-24T02:30:00Z"  # the attempt began


@pytest.mark.parametrize(("status", "became"), [("Failed", "failed"), ("Stopped", "was stopped")])
@pytest.mark.parametrize("attempts", [("FAILED",), ()], ids=["failed", "more than 90 days ago"])
def test_a_deploy_does_not_pay_for_another_job_without_a_word(
    status: str, became: str, attempts: tuple[str, ...]
) -> None:
    starting = Starting().with_data().with_attempts(*attempts).without_model().with_job(owner="sup", status=status)

    result = starting.starter.start("support", KEY)

    assert result["started"] is False
    assert result["reason"].startswith(f"{NOT_SERVED}the last job of support (run {RUN}) {became}")
    assert result["reason"].endswith("allow it with kit deploy --retry-failed")
    starting.all_called()


@pytest.mark.parametrize("allowed", [{"retry": True}, {"retrain": True}, {"uploaded_at": AFTER}])
def test_the_word_is_a_flag_or_an_upload_after_the_failure(allowed: dict[str, object]) -> None:
    starting = Starting().with_data().with_attempts("FAILED").without_model().with_job(owner="sup", status="Failed")
    starting.with_start(f"support-{RUN}-2")

    assert starting.starter.start("support", KEY, **allowed)["started"] is True  # type: ignore[arg-type]
    starting.all_called()


def test_an_event_that_comes_twice_is_no_word() -> None:
    starting = Starting().with_data().with_attempts("FAILED").without_model()

    result = starting.starter.start("support", KEY, uploaded_at=BEFORE)

    assert (result["started"], result["reason"]) == (False, "the event is older than the last attempt")
    starting.all_called()


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_no_word_pays_for_a_second_job_while_one_runs(status: str) -> None:
    """Its execution was stopped or lost; Bedrock takes minutes to stop the job."""
    starting = Starting().with_data().with_attempts("ABORTED").without_model().with_job(owner="sup", status=status)

    result = starting.starter.start("support", KEY, retry=True, retrain=True)

    assert result["started"] is False
    assert f"is {status} although its execution has ended" in result["reason"]
    starting.all_called()


@pytest.mark.parametrize("other", [{"owner": "sap"}, {"owner": "sup", "customization": "help"}])
def test_a_job_of_another_deployment_or_customization_is_not_waited_for_here(other: dict[str, str]) -> None:
    """The check of the data waits for another customization's."""
    starting = Starting().with_data().with_attempts().without_model().with_job(**other, status="InProgress")
    starting.with_start(f"support-{RUN}")

    assert starting.starter.start("support", KEY)["started"] is True
    starting.all_called()


def test_a_retry_starts_no_other_run() -> None:
    """The settings or the data changed since."""
    with pytest.raises(StartError, match=rf"run 0123456789abcdef had other data or settings .* give run {RUN}"):
        Starting().with_data().starter.start("support", KEY, retry=True, run_id="0123456789abcdef")


def test_a_retry_starts_the_run_that_it_names() -> None:
    starting = Starting().with_data().with_attempts("FAILED").without_model().with_job(owner="sup", status="Failed")
    starting.with_start(f"support-{RUN}-2")

    assert starting.starter.start("support", KEY, retry=True, run_id=RUN)["started"] is True
