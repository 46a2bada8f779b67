"""The starter: errors first, then one execution per content, whatever was started before."""

import hashlib
import json
from typing import Any

import pytest
from botocore.stub import Stubber

from customization.dataset_content import CHUNK
from customization.start_run import StartError, customization_of
from tests.customization.aws import BUCKET, JOB_ARN, KEY, specification
from tests.customization.starting import CONTENT, MODELS_ASKED, PARAMETER, RUN, Starting, arn_of, listed

OTHER_RUN = "fedcba9876543210"


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
    starting = Starting().with_data().with_execution(name, None).without_model().with_job(owner=None)
    starting.with_start(name, json.dumps(content, sort_keys=True))

    result = starting.starter.start("support", KEY)

    assert result == {
        "execution_arn": arn_of(name),
        "run_id": RUN,
        "started": True,
        "reason": "attempt 1",
        "promotes": False,
    }
    starting.all_called()


def test_a_large_object_is_hashed_in_pieces() -> None:
    content = b"x" * (2 * CHUNK + 5)
    run = specification().run_id(hashlib.sha256(content).hexdigest())
    starting = Starting().with_data(content).with_execution(f"support-{run}", "RUNNING")
    starting.with_execution(f"support-{run}-2", None)
    starting.bedrock.add_response("list_custom_models", {"modelSummaries": []}, MODELS_ASKED | {"nameContains": run})

    assert starting.starter.start("support", KEY).get("run_id") == run


def test_stop_ends_the_runs_of_this_customization_only() -> None:
    starting = Starting()
    names = [f"support-{RUN}-2", f"support-eu-{OTHER_RUN}", "support-by-hand", f"sales-{OTHER_RUN}"]
    listed(starting.states, names)
    expected = {"executionArn": arn_of(names[0]), "error": "Removed", "cause": "the customization was removed"}
    starting.states.add_response("stop_execution", {"stopDate": 0}, expected)
    forgotten(starting.ssm)
    without_jobs(starting.bedrock)

    assert starting.starter.stop("support") == {"stopped": 1, "in_progress": []}
    starting.all_called()


def test_stop_leaves_a_run_that_another_customization_waits_for() -> None:
    """It was renamed during its run: the model of its job is the one that the new name promotes."""
    starting = Starting()
    listed(starting.states, [f"support-{RUN}", f"help-{RUN}-2"])
    forgotten(starting.ssm)
    job = {"jobArn": JOB_ARN, "jobName": f"sup-support-{RUN}-20261124023000", "status": "InProgress"}
    summary = {**job, "baseModelArn": JOB_ARN, "creationTime": 0}
    for status, found in (("InProgress", [summary]), ("Stopping", [])):
        answer = {"modelCustomizationJobSummaries": found}
        starting.bedrock.add_response("list_model_customization_jobs", answer, {"statusEquals": status})

    assert starting.starter.stop("support") == {"stopped": 0, "in_progress": []}
    starting.all_called()


def test_stop_without_running_executions_succeeds() -> None:
    starting = Starting()
    listed(starting.states, [])
    forgotten(starting.ssm)
    without_jobs(starting.bedrock)

    assert starting.starter.stop("support") == {"stopped": 0, "in_progress": []}


def test_other_content_is_refused_during_a_run() -> None:
    starting = Starting().with_data().with_attempts().without_model().with_job(owner=None)
    listed(starting.states, [f"sales-{RUN}", "support-fedcba9876543210"])
    starting.with_serving()

    with pytest.raises(StartError, match=r"trained with other data.*kit runs stop fedcba9876543210"):
        starting.starter.start("support", KEY)
    starting.all_called()


def without_jobs(bedrock: Stubber) -> None:
    for status in ("InProgress", "Stopping"):
        answer: dict[str, Any] = {"modelCustomizationJobSummaries": []}
        bedrock.add_response("list_model_customization_jobs", answer, {"statusEquals": status})


def forgotten(ssm: Stubber) -> None:
    name = "/bedrock-kit/sup/customizations/support/promoted"
    ssm.add_response("delete_parameters", {"InvalidParameters": [name]}, {"Names": [name]})
