"""The starter: errors first, then one execution per content, whatever was started before."""

import hashlib
import json
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from customization.start_run import CHUNK, MAX_ATTEMPTS, RunStarter, StartError, customization_of
from tests.customization.aws import BUCKET, KEY, MACHINE, specification, streamed, stubbed

CONTENT = b'{"a": 1}\n' * 3
RUN = specification().run_id(hashlib.sha256(CONTENT).hexdigest())
PARAMETER = "/bedrock-kit/sup/customizations/support"


class Starting:
    """A starter with stubbed clients. Tests must use every queued answer."""

    def __init__(self) -> None:
        self.s3_client, self.s3 = stubbed("s3")
        self.ssm_client, self.ssm = stubbed("ssm")
        self.states_client, self.states = stubbed("stepfunctions")
        self.bedrock_client, self.bedrock = stubbed("bedrock")
        self.starter = RunStarter(
            kit_deployment="sup",
            state_machine_arn=MACHINE,
            bedrock=self.bedrock_client,
            s3=self.s3_client,
            ssm=self.ssm_client,
            stepfunctions=self.states_client,
        )

    def with_data(self, content: bytes = CONTENT) -> "Starting":
        answer = {"Parameter": {"Name": PARAMETER, "Value": json.dumps(specification().to_json())}}
        self.ssm.add_response("get_parameter", answer, {"Name": PARAMETER})
        self.s3.add_response("get_object", streamed(content), {"Bucket": BUCKET, "Key": KEY})
        return self

    def with_execution(self, name: str, status: str | None) -> "Starting":
        arn = arn_of(name)
        if status is None:
            self.states.add_client_error(
                "describe_execution", "ExecutionDoesNotExist", expected_params={"executionArn": arn}
            )
        else:
            answer = {"executionArn": arn, "stateMachineArn": MACHINE, "status": status, "startDate": 0}
            self.states.add_response("describe_execution", answer, {"executionArn": arn})
        return self

    def with_start(self, name: str, run_input: Any = ANY) -> "Starting":
        listed(self.states, [name])  # a list may contain the execution that has just started
        expected = {"stateMachineArn": MACHINE, "name": name, "input": run_input}
        answer = {"executionArn": arn_of(name), "startDate": 0}
        self.states.add_response("start_execution", answer, expected)
        return self

    def all_called(self) -> None:
        for stubber in (self.s3, self.ssm, self.states, self.bedrock):
            stubber.assert_no_pending_responses()


def arn_of(name: str) -> str:
    return f"arn:aws:states:us-east-1:111122223333:execution:Workflow:{name}"


def test_an_unknown_customization_says_what_to_do() -> None:
    starting = Starting()
    starting.ssm.add_client_error("get_parameter", "ParameterNotFound")

    with pytest.raises(StartError, match=r"'support' is not a customization of sup; .* deployment\.toml"):
        starting.starter.start("support", KEY)


def test_a_missing_object_is_named() -> None:
    starting = Starting()
    answer = {"Parameter": {"Name": PARAMETER, "Value": json.dumps(specification().to_json())}}
    starting.ssm.add_response("get_parameter", answer)
    starting.s3.add_client_error("get_object", "NoSuchKey")

    with pytest.raises(StartError, match=f"no object s3://{BUCKET}/{KEY}"):
        starting.starter.start("support", KEY)


@pytest.mark.parametrize("key", ["data/support/my data.jsonl", "data/support/a=b.jsonl", "data/support/ä.jsonl"])
def test_a_key_that_bedrock_would_refuse_is_refused_before_any_call(key: str) -> None:
    with pytest.raises(StartError, match="rename the object"):
        Starting().starter.start("support", key)


@pytest.mark.parametrize("key", ["data/records.jsonl", "output/support/records.jsonl", "data/support/records.json"])
def test_only_json_lines_below_data_are_training_data(key: str) -> None:
    with pytest.raises(StartError, match=r"data/<customization>/<name>\.jsonl"):
        customization_of(key)


def test_the_customization_is_the_folder_below_data() -> None:
    assert customization_of("data/support/2026/records.jsonl") == "support"


def test_new_content_starts_a_run_with_its_complete_input() -> None:
    content = {
        "specification": specification().to_json(),
        "deployment": "sup",
        "run_id": RUN,
        "key": KEY,
        "dataset_sha256": hashlib.sha256(CONTENT).hexdigest(),
        "custom_model_name": f"sup-support-{RUN}",
        "execution_name": f"support-{RUN}",
    }
    name = f"support-{RUN}"
    starting = Starting().with_data().with_execution(name, None)
    starting.with_start(name, json.dumps(content, sort_keys=True))

    result = starting.starter.start("support", KEY)

    assert result == {"execution_arn": arn_of(name), "run_id": RUN, "started": True, "reason": "attempt 1"}
    starting.all_called()


def test_a_large_object_is_hashed_in_pieces() -> None:
    content = b"x" * (2 * CHUNK + 5)
    run = specification().run_id(hashlib.sha256(content).hexdigest())
    starting = Starting().with_data(content).with_execution(f"support-{run}", "SUCCEEDED")

    assert starting.starter.start("support", KEY).get("run_id") == run


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "PENDING_REDRIVE"])
def test_a_complete_or_running_run_is_not_started_again(status: str) -> None:
    starting = Starting().with_data().with_execution(f"support-{RUN}", status)

    result = starting.starter.start("support", KEY)

    assert result["started"] is False
    assert result["reason"] == f"this run is {status}"
    starting.all_called()


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_run_that_failed_is_started_again_under_the_next_name(status: str) -> None:
    starting = Starting().with_data().with_execution(f"support-{RUN}", status)
    starting.with_execution(f"support-{RUN}-2", None).with_start(f"support-{RUN}-2")

    result = starting.starter.start("support", KEY)

    assert result.get("execution_arn") == arn_of(f"support-{RUN}-2")
    assert (result["started"], result["reason"]) == (True, "attempt 2")
    starting.all_called()


def test_a_second_attempt_that_succeeded_is_not_repeated() -> None:
    starting = Starting().with_data().with_execution(f"support-{RUN}", "FAILED")
    starting.with_execution(f"support-{RUN}-2", "SUCCEEDED")

    assert starting.starter.start("support", KEY)["started"] is False
    starting.all_called()


def test_twenty_failures_are_an_error() -> None:
    starting = Starting().with_data().with_execution(f"support-{RUN}", "FAILED")
    for attempt in range(2, MAX_ATTEMPTS + 1):
        starting.with_execution(f"support-{RUN}-{attempt}", "FAILED")

    with pytest.raises(StartError, match="failed 20 times"):
        starting.starter.start("support", KEY)
    starting.all_called()


def test_an_unknown_status_is_an_error() -> None:
    starting = Starting().with_data().with_execution(f"support-{RUN}", "PAUSED")

    with pytest.raises(StartError, match="unknown status PAUSED"):
        starting.starter.start("support", KEY)


def test_the_second_of_two_starts_within_a_moment_starts_nothing() -> None:
    starting = Starting().with_data().with_execution(f"support-{RUN}", None)
    listed(starting.states, [f"support-{RUN}"])
    starting.states.add_client_error("start_execution", "ExecutionAlreadyExists")

    result = starting.starter.start("support", KEY)

    assert result["started"] is False
    assert result.get("execution_arn") == arn_of(f"support-{RUN}")


def test_stop_ends_the_runs_of_this_customization_only() -> None:
    starting = Starting()
    names = [f"support-{RUN}-2", f"support-eu-{RUN}", "support-by-hand", f"sales-{RUN}"]
    listed(starting.states, names)
    expected = {"executionArn": arn_of(names[0]), "error": "Removed", "cause": "the customization was removed"}
    starting.states.add_response("stop_execution", {"stopDate": 0}, expected)
    forgotten(starting.ssm)
    without_jobs(starting.bedrock)

    assert starting.starter.stop("support") == {"stopped": 1, "in_progress": []}
    starting.all_called()


def test_stop_without_running_executions_succeeds() -> None:
    starting = Starting()
    listed(starting.states, [])
    forgotten(starting.ssm)
    without_jobs(starting.bedrock)

    assert starting.starter.stop("support") == {"stopped": 0, "in_progress": []}


def test_other_content_is_refused_during_a_run() -> None:
    starting = Starting().with_data().with_execution(f"support-{RUN}", None)
    listed(starting.states, [f"sales-{RUN}", "support-fedcba9876543210"])

    with pytest.raises(StartError, match=r"trained with other data.*stop-execution --execution-arn .*:support-fedc"):
        starting.starter.start("support", KEY)
    starting.all_called()


def without_jobs(bedrock: Stubber) -> None:
    for status in ("InProgress", "Stopping"):
        answer: dict[str, Any] = {"modelCustomizationJobSummaries": []}
        bedrock.add_response("list_model_customization_jobs", answer, {"statusEquals": status})


def forgotten(ssm: Stubber) -> None:
    name = "/bedrock-kit/sup/customizations/support/promoted"
    ssm.add_response("delete_parameters", {"InvalidParameters": [name]}, {"Names": [name]})


def listed(states: Stubber, names: list[str]) -> None:
    executions = [
        {
            "executionArn": arn_of(name),
            "stateMachineArn": MACHINE,
            "name": name,
            "status": "RUNNING",
            "startDate": 0,
        }
        for name in names
    ]
    expected = {"stateMachineArn": MACHINE, "statusFilter": "RUNNING"}
    states.add_response("list_executions", {"executions": executions}, expected)
