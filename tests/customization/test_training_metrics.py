"""Loss curves: found in every folder that Bedrock uses, of this job only."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import ANY

from customization.training_metrics import record_metrics
from kit_contract.run_events import MetricsResult
from tests.customization.aws import BUCKET, JOB_ARN, KEY, MODEL_ARN, RUN_ID, a_run, streamed, stubbed

PREFIX = f"output/support/{RUN_ID}/"
JOB = f"{PREFIX}model-customization-job-jobjobjobjob/"
TRAINING = f"{JOB}training_artifacts/step_wise_training_metrics.csv"
TRAINING_CSV = b"step_number,epoch_number,training_loss,perplexity\n0,0,2.5,12.1\n1,0,1.25,3.4\n"
VALIDATION_CSV = b"step_number,epoch_number,validation_loss,perplexity\n1,0,1.5,4.4\n"
VALIDATION = "validation_artifacts/post_fine_tuning_validation"


class Recording:
    def __init__(self, *keys: str) -> None:
        self.client, self.s3 = stubbed("s3")
        self.written: dict[str, Any] = {}
        self.client.meta.events.register("provide-client-params.s3.PutObject", self._keep)
        listed = [keys[:1], keys[1:]]  # two pages
        for number, page in enumerate(listed):
            answer = {"Contents": [{"Key": key} for key in page], "IsTruncated": number == 0}
            expected: dict[str, Any] = {"Bucket": BUCKET, "Prefix": PREFIX}
            if number == 0:
                answer["NextContinuationToken"] = "next"
            else:
                expected["ContinuationToken"] = "next"
            self.s3.add_response("list_objects_v2", answer, expected)

    def with_file(self, key: str, content: bytes) -> "Recording":
        self.s3.add_response("get_object", streamed(content), {"Bucket": BUCKET, "Key": key})
        return self

    def record(self) -> MetricsResult:
        expected = {
            "Bucket": BUCKET,
            "Key": f"runs/support/{RUN_ID}/metrics.json",
            "Body": ANY,
            "ContentType": "application/json",
        }
        self.s3.add_response("put_object", {}, expected)
        result = record_metrics(replace(a_run(), job_arn=JOB_ARN), MODEL_ARN, s3=self.client)
        self.s3.assert_no_pending_responses()
        return result

    def _keep(self, params: dict[str, Any], **_: object) -> None:
        self.written = json.loads(params["Body"])


def test_a_job_without_metrics_has_none() -> None:
    recording = Recording(f"{JOB}input_status/manifest.report.csv")

    assert recording.record()["final_loss"] == {"training": None, "validation": None}
    assert recording.written["steps"] == {"training": [], "validation": []}


def test_metrics_of_an_earlier_attempt_are_ignored() -> None:
    other = TRAINING.replace("jobjobjobjob", "anotherothers")

    assert Recording(other).record()["final_loss"]["training"] is None


def test_a_row_without_a_loss_is_skipped() -> None:
    content = TRAINING_CSV + b"2,1,,\n"

    assert Recording(TRAINING).with_file(TRAINING, content).record()["final_loss"]["training"] == 1.25


@pytest.mark.parametrize("folder", [VALIDATION, f"{VALIDATION}/validation"])
def test_both_curves_are_recorded_from_either_folder(folder: str) -> None:
    validation = f"{JOB}{folder}/validation_metrics.csv"
    recording = Recording(TRAINING, validation)
    recording.with_file(TRAINING, TRAINING_CSV).with_file(validation, VALIDATION_CSV)

    result = recording.record()

    final_loss = {"training": 1.25, "validation": 1.5}
    assert result == {"metrics_key": f"runs/support/{RUN_ID}/metrics.json", "final_loss": final_loss}
    assert recording.written == {
        "run_id": RUN_ID,
        "job_arn": JOB_ARN,
        "custom_model_arn": MODEL_ARN,
        "base_model": "amazon.nova-micro-v1:0:128k",
        "method": "FINE_TUNING",
        "hyperparameters": {"epochCount": "2"},
        "dataset": {"key": KEY, "sha256": a_run().dataset_sha256},
        "steps": {
            "training": [{"step": 0, "epoch": 0, "loss": 2.5}, {"step": 1, "epoch": 0, "loss": 1.25}],
            "validation": [{"step": 1, "epoch": 0, "loss": 1.5}],
        },
        "final_loss": final_loss,
    }


def test_rewards_are_recorded_beside_losses_whatever_their_column_is_called() -> None:
    head = b"step_number,epoch_number,training_loss,rewards/max,Rewards/Mean\n"
    content = head + b"0,0,0.5,1,0.25\n1,0,,1,0.75\n2,1,0.25,,\n"

    recording = Recording(TRAINING).with_file(TRAINING, content)

    result = recording.record()

    assert recording.written["steps"]["training"] == [
        {"step": 0, "epoch": 0, "loss": 0.5, "reward": 0.25},
        {"step": 1, "epoch": 0, "reward": 0.75},
        {"step": 2, "epoch": 1, "loss": 0.25},
    ]
    assert result["final_loss"] == {"training": 0.25, "validation": None}
    assert result["final_reward"] == recording.written["final_reward"] == {"training": 0.75, "validation": None}
