"""The check before a job: data that would fail the job fails here, with a report; a model is not trained twice."""

import json
import re
import tracemalloc
from dataclasses import replace

import pytest
from botocore.stub import ANY

from customization.check_data import TrainingDataError
from tests.customization.aws import BUCKET, KEY, MODEL_ARN, RUN_ID, a_run, record, streamed
from tests.customization.checking import REPORT, TIMESTAMP, Checking
from training_data.checking.checker import PIECE

GOOD = record() + record("And then?", "Wait for the light.")


def test_a_finding_stops_the_run_and_names_line_counts_and_report() -> None:
    content = record() + b"{broken\n" + record("User: hello")
    checking = Checking().without_model().with_data(content)

    with pytest.raises(TrainingDataError) as caught:
        checking.check(a_run(content))

    message = str(caught.value)
    assert message.startswith(f"{KEY}:2: ")
    assert "2 findings: json 1, reserved-word 1" in message
    assert message.endswith(f"s3://{BUCKET}/{REPORT}")
    assert [finding["line"] for finding in checking.report["findings"]] == [2, 3]
    checking.all_called()


@pytest.mark.parametrize("count", [1, 5])
def test_too_few_and_too_many_records_stop_the_run(count: int) -> None:
    content = record() * count
    checking = Checking().without_model().with_data(content)

    with pytest.raises(TrainingDataError, match=f"must hold 2 to 4 records, got {count}"):
        checking.check(a_run(content))


VALIDATION_KEY = "data/support/validation/0123.jsonl"


def with_validation(training: bytes, validation: bytes) -> Checking:
    checking = Checking().without_model().with_data(training, report=False)
    checking.s3.add_response("get_object", streamed(validation), {"Bucket": BUCKET, "Key": VALIDATION_KEY})
    expected = {"Bucket": BUCKET, "Key": REPORT, "Body": ANY, "ContentType": "application/json"}
    checking.s3.add_response("put_object", {}, expected)
    return checking


def test_a_good_validation_set_has_its_own_report() -> None:
    checking = with_validation(GOOD, record("E2?"))

    assert checking.check(a_run(GOOD, validation_key=VALIDATION_KEY))["records"] == 2
    assert checking.report["validation"]["records"] == 1


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        (record() + b"{broken\n", f"^{VALIDATION_KEY}:2: is not one JSON object"),
        (
            record("New?") + GOOD[: GOOD.index(b"\n") + 1],
            rf"^{VALIDATION_KEY}:2: is also in the training set \(line 1\)",
        ),
        (record() * 3, f"^{KEY}: must hold 2 to 4 records, got 5"),
    ],
)
def test_a_validation_set_that_would_fail_the_job_stops_the_run(validation: bytes, message: str) -> None:
    checking = with_validation(GOOD, validation)

    with pytest.raises(TrainingDataError, match=message):
        checking.check(a_run(GOOD, validation_key=VALIDATION_KEY))


def test_data_that_was_replaced_after_the_start_stops_the_run() -> None:
    checking = Checking().without_model().with_data(GOOD, report=False)

    with pytest.raises(TrainingDataError, match="was replaced after this run began"):
        checking.check(a_run(b"what the starter saw"))


@pytest.mark.parametrize("status", ["Creating", "Failed"])
def test_a_model_that_is_not_active_is_reported_with_bedrocks_reason(status: str) -> None:
    checking = Checking().with_models({"modelStatus": status})
    described = {"modelArn": MODEL_ARN, "modelName": "a", "creationTime": 0, "failureMessage": "no capacity"}
    checking.bedrock.add_response("get_custom_model", described, {"modelIdentifier": MODEL_ARN})

    with pytest.raises(TrainingDataError, match=rf"must be Active, got {status} \(no capacity\)"):
        checking.check(a_run(GOOD))


def test_other_errors_of_bedrock_do_not_mean_that_the_model_is_absent() -> None:
    checking = Checking()
    checking.bedrock.add_client_error("list_custom_models", "AccessDeniedException")

    with pytest.raises(checking.bedrock_client.exceptions.AccessDeniedException):
        checking.check(a_run(GOOD))


@pytest.mark.parametrize("more", [{"modelStatus": "Active"}, {}])
def test_a_model_that_exists_is_not_trained_again(more: dict[str, object]) -> None:
    assert Checking().with_models(more).check(a_run(GOOD)) == {"trained": True, "custom_model_arn": MODEL_ARN}


def test_good_data_gives_the_job_its_own_name() -> None:
    checking, run = Checking().without_model().with_data(GOOD), a_run(GOOD)

    result = checking.check(run)

    name = f"sup-support-{RUN_ID}-{TIMESTAMP}"
    token = f"{run.token}-{TIMESTAMP}"
    assert result == {
        "trained": False,
        "records": 2,
        "job_name": name,
        "client_request_token": token,
        "base_model": "amazon.nova-micro-v1:0:128k",
    }
    assert checking.report["records"] == 2
    assert checking.report["tokens"] == 12 + 7  # of 47 and 28 bytes
    assert checking.report["findings"] == checking.report["warnings"] == []


def test_the_longest_names_keep_bedrocks_rules() -> None:
    run = replace(a_run(GOOD), kit_deployment="d" * 36, execution_name=f"support-{RUN_ID}-20")

    result = Checking().without_model().with_data(GOOD).check(run)

    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9+\-.]){0,62}", result["job_name"])
    assert result["job_name"].endswith(TIMESTAMP)
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}", result["client_request_token"])


@pytest.mark.parametrize("length", [PIECE - 1, PIECE, PIECE + 1])
def test_lines_are_complete_wherever_a_piece_of_the_stream_ends(length: int) -> None:
    full, rest = divmod(length - len(record("")), len(record()))
    content = record() * full + record("q" * rest) + record() + record().rstrip(b"\n")
    run = a_run(content, max_records=full + 3)

    assert Checking().without_model().with_data(content).check(run)["records"] == full + 3


def test_windows_line_ends_are_accepted() -> None:
    content = GOOD.replace(b"\n", b"\r\n")

    assert Checking().without_model().with_data(content).check(a_run(content))["records"] == 2


def test_prompts_and_completions_are_checked_by_their_own_rules() -> None:
    content = b'{"prompt": "a", "completion": "b"}\n' * 2
    run = a_run(content, record_format="prompt-completion", base_model="meta.llama3-1-8b-instruct-v1:0:128k")

    assert Checking().without_model().with_data(content).check(run)["records"] == 2


def test_media_in_another_bucket_stop_the_run() -> None:
    image = {"format": "png", "source": {"s3Location": {"uri": "s3://elsewhere/a.png", "bucketOwner": "111122223333"}}}
    turn = {"role": "user", "content": [{"text": "What is this?"}, {"image": image}]}
    answer = {"role": "assistant", "content": [{"text": "A tank."}]}
    line = json.dumps({"schemaVersion": "bedrock-conversation-2024", "messages": [turn, answer]}).encode() + b"\n"
    checking = Checking().without_model().with_data(line * 2)

    with pytest.raises(TrainingDataError, match=f"media must be in the dataset's bucket {BUCKET}, got elsewhere"):
        checking.check(a_run(line * 2, base_model="amazon.nova-lite-v1:0:300k", image_formats=("png",)))


@pytest.mark.parametrize(
    ("key", "model", "passes"),
    [
        ("data/support/a(1).jsonl", "amazon.nova-micro-v1:0:128k", False),
        ("data/support/a(1).jsonl", "meta.llama3-3-70b-instruct-v1:0:128k", True),
    ],
)
def test_a_key_may_have_the_characters_that_the_base_model_takes(key: str, model: str, passes: bool) -> None:
    checking = Checking().without_model()
    checking.s3.add_response("get_object", streamed(GOOD), {"Bucket": BUCKET, "Key": key})
    checking.s3.add_response("put_object", {}, {"Bucket": BUCKET, "Key": REPORT, "Body": ANY, "ContentType": ANY})
    run = replace(a_run(GOOD, base_model=model), key=key)

    if passes:
        assert checking.check(run)["records"] == 2
    else:
        with pytest.raises(TrainingDataError, match=r"the name may have letters, digits and _ - \. / only"):
            checking.check(run)


def test_warnings_are_in_the_report_and_do_not_stop_the_run() -> None:
    content = record() + record("The user: said")
    checking = Checking().without_model().with_data(content)

    assert checking.check(a_run(content))["records"] == 2
    assert [warning["rule"] for warning in checking.report["warnings"]] == ["reserved-word-doubtful"]


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08" + b"\0" * 100, b"[" + GOOD + b"]"])
def test_a_file_that_is_not_json_lines_stops_the_run_with_one_finding(content: bytes) -> None:
    checking = Checking().without_model().with_data(content)

    with pytest.raises(TrainingDataError, match="not-json-lines 1"):
        checking.check(a_run(content))


def test_memory_does_not_grow_with_the_object() -> None:
    content = record("q" * 5_000) * 4_000  # 20 MB
    checking = Checking().without_model().with_data(content)
    run = a_run(content, max_records=4_000)
    tracemalloc.start()
    try:
        assert checking.check(run)["records"] == 4_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 4_000_000
