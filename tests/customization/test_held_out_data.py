"""The workflow's check compares uploaded records with those of the evaluation."""

import pytest

from customization.check_data import TrainingDataError
from tests.customization.aws import BUCKET, a_run, record, streamed
from tests.customization.checking import Checking
from tests.customization.evaluation.account import HELD_OUT, settings

UPLOADED = record("How long?", "25 minutes.") + record("Which water?", "Tap water.") + record("E2?", "Unplug it.")


def checking(held_out: bytes) -> Checking:
    aws = Checking().without_model()
    aws.s3.add_response("get_object", streamed(UPLOADED), {"Bucket": BUCKET, "Key": "data/support/records.jsonl"})
    aws.s3.add_response("get_object", streamed(held_out), {"Bucket": BUCKET, "Key": HELD_OUT})
    aws.s3.add_response("put_object", {})
    return aws


def test_a_record_of_the_evaluation_stops_the_job() -> None:
    aws = checking(record("Another?") + record("which WATER", "tap water"))

    with pytest.raises(TrainingDataError, match=r"records\.jsonl:2: is also in the evaluation \(line 2\)"):
        aws.check(a_run(UPLOADED, evaluation=settings()))
    assert aws.report["by_rule"]["held-out"] == 1


def test_records_that_were_held_out_do_not() -> None:
    assert checking(record("Another?")).check(a_run(UPLOADED, evaluation=settings()))["trained"] is False
