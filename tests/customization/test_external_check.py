"""The check of an external model's run: what is there already, what an earlier attempt began, what is made."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.stub import ANY

from customization import invocation
from customization.external.check import ExternalModelError, check_external_model
from customization.handlers import check_data as handler
from kit_contract.external_models import COPY, SAGEMAKER, source_record
from kit_contract.runs import Run
from tests.customization.aws import BUCKET, KEY, MODEL_ARN, OTHER_MODEL_ARN, RUN_ID, a_run, streamed, stubbed

NOW = "20261127183000"
SOURCE = {"SourceModelArn": OTHER_MODEL_ARN.replace("us-east-1", "us-west-2")}
PACKAGE = "arn:aws:sagemaker:us-east-1:111122223333:model-package/odi/1"
PACKAGED = {"CustomModelDataSource": {"ModelPackageArnDataSource": {"ModelPackageArn": PACKAGE}}}
KEYED = {"ModelKmsKeyId": "arn:aws:kms:us-east-1:111122223333:key/0f"}
COPY_JOB = "arn:aws:bedrock:us-east-1:111122223333:model-copy-job/abcdefghijkl"
OURS, THEIRS = ([{"key": "bedrock-kit:deployment", "value": name}] for name in ("sup", "other"))


class Checking:
    """A run of `method`, and what is found in the account in the order in which the check asks."""

    def __init__(self, method: str, source: dict[str, Any], **changes: Any) -> None:
        self.run = a_run(method=method, job_members=source, role_arn="", **changes)
        self.bedrock_client, self.bedrock = stubbed("bedrock")
        self.s3_client, self.s3 = stubbed("s3")

    def finds_model(self, status: str = "") -> "Checking":
        model = {
            "modelArn": MODEL_ARN,
            "modelName": f"sup-support-{RUN_ID}",
            "creationTime": 0,
            "baseModelArn": MODEL_ARN,
            "baseModelName": "nova",
            "modelStatus": status,
        }
        self.bedrock.add_response("list_custom_models", {"modelSummaries": [model] if status else []})
        if status:
            self.bedrock.add_response("list_tags_for_resource", {"tags": OURS})
        return self

    def reads(self, content: bytes) -> "Checking":
        self.s3.add_response("get_object", streamed(content), {"Bucket": BUCKET, "Key": KEY})
        return self

    def finds_copy(self, tags: list[dict[str, str]]) -> "Checking":
        job = {
            "jobArn": COPY_JOB,
            "status": "InProgress",
            "creationTime": 0,
            "targetModelArn": MODEL_ARN,
            "targetModelName": f"sup-earlier-name-{RUN_ID}",
            "sourceAccountId": "111122223333",
            "sourceModelArn": SOURCE["SourceModelArn"],
            "targetModelTags": tags,
        }
        asked = {
            "targetModelNameContains": RUN_ID,
            "statusEquals": "InProgress",
            "sourceModelArnEquals": SOURCE["SourceModelArn"],
            "sortBy": "CreationTime",
            "sortOrder": "Descending",
        }
        self.bedrock.add_response("list_model_copy_jobs", {"modelCopyJobSummaries": [job] if tags else []}, asked)
        return self

    def claims(self) -> "Checking":
        self.bedrock.add_response("list_model_customization_jobs", {"modelCustomizationJobSummaries": []})
        self.s3.add_response("put_object", {}, {"Bucket": BUCKET, "Key": ANY, "Body": ANY, "IfNoneMatch": "*"})
        return self

    def check(self) -> dict[str, Any]:
        answer = check_external_model(self.run, bedrock=self.bedrock_client, s3=self.s3_client, timestamp=NOW)
        self.bedrock.assert_no_pending_responses()
        self.s3.assert_no_pending_responses()
        return dict(answer)


def test_a_model_that_is_there_is_promoted() -> None:
    assert Checking(COPY, SOURCE).finds_model("Active").check() == {"trained": True, "custom_model_arn": MODEL_ARN}


@pytest.mark.parametrize("key", [{}, KEYED])
def test_a_new_source_is_copied(key: dict[str, str]) -> None:
    """Whatever key encrypts the model: it makes no other one of it."""
    checking = Checking(COPY, {**SOURCE, **key}).finds_model().reads(source_record(COPY, SOURCE))

    answer = checking.finds_copy([]).claims().finds_model().check()

    assert answer["trained"] is False
    assert answer["client_request_token"] == f"{checking.run.token}-{NOW}"
    assert "adopted" not in answer


def test_a_copy_that_an_earlier_attempt_began_is_gone_on_with() -> None:
    """Also that of the section's earlier name: it is the same run."""
    checking = Checking(COPY, SOURCE).finds_model().reads(source_record(COPY, SOURCE))

    assert checking.finds_copy(OURS).check()["adopted"] == COPY_JOB


def test_a_copy_of_another_deployment_is_not() -> None:
    checking = Checking(COPY, SOURCE).finds_model().reads(source_record(COPY, SOURCE))

    assert "adopted" not in checking.finds_copy(THEIRS).claims().finds_model().check()


def test_a_copy_that_ends_between_two_looks_is_not_made_again() -> None:
    """Of an execution that was stopped: no model yet, then no copy any more. Its name is taken by then."""
    checking = Checking(COPY, SOURCE).finds_model().reads(source_record(COPY, SOURCE))

    answer = checking.finds_copy([]).claims().finds_model("Active").check()

    assert answer == {"trained": True, "custom_model_arn": MODEL_ARN}


def test_a_model_that_is_being_created_is_gone_on_with() -> None:
    checking = Checking(SAGEMAKER, PACKAGED).finds_model("Creating").reads(source_record(SAGEMAKER, PACKAGED))

    assert checking.finds_model("Creating").check()["adopted"] == MODEL_ARN


def test_a_model_that_failed_gives_its_name_to_the_next_one() -> None:
    checking = Checking(SAGEMAKER, PACKAGED).finds_model("Failed").reads(source_record(SAGEMAKER, PACKAGED))
    checking.finds_model("Failed").claims().finds_model("Failed")
    checking.bedrock.add_response("delete_custom_model", {}, {"modelIdentifier": MODEL_ARN})

    assert checking.check()["trained"] is False


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b'{"messages": []}\n',
        source_record(COPY, {"SourceModelArn": MODEL_ARN}),
        source_record(SAGEMAKER, SOURCE),
        source_record(COPY, SOURCE).replace(b":", b": "),
    ],
    ids=["text", "records", "another source", "another kind", "another form of it"],
)
def test_an_upload_by_hand_makes_no_model(content: bytes) -> None:
    with pytest.raises(ExternalModelError, match=f"{KEY} is not the source of support"):
        Checking(COPY, SOURCE).finds_model().reads(content).check()


def test_a_chosen_model_that_is_gone_is_not_made() -> None:
    checking = Checking(COPY, SOURCE).finds_model()
    object.__setattr__(checking.run, "chosen", "rolled back")

    with pytest.raises(ExternalModelError, match="is gone; choose another one"):
        checking.check()


@pytest.mark.parametrize(("method", "called"), [(COPY, "external"), (SAGEMAKER, "external"), ("FINE_TUNING", "data")])
def test_the_handler_checks_by_the_method(monkeypatch: pytest.MonkeyPatch, method: str, called: str) -> None:
    asked: list[str] = []

    def check(name: str) -> Callable[..., dict[str, str]]:
        def answer(run: Run, **_: object) -> dict[str, str]:
            asked.append(name)
            return {}

        return answer

    monkeypatch.setattr(handler, "check_external_model", check("external"))
    monkeypatch.setattr(handler, "check_data", check("data"))
    monkeypatch.setattr(invocation, "client", lambda service: None)

    handler.handler(a_run(method=method).to_json(), None)

    assert asked == [called]
