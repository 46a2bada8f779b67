"""A finished job's loss curve falls, and the data decides it."""

import csv
import io

from local_aws.extension.bedrock.customization import job_outputs

S3 = "s3://bucket/data/train.jsonl"


def test_outputs_have_a_falling_loss_that_the_data_decides() -> None:
    records = [[(f"question {number}", "answer")] for number in range(20)]

    files, metrics = job_outputs.outputs({S3: records, "s3://bucket/data/check.jsonl": records[:5]}, epochs=2)

    rows = list(csv.DictReader(io.StringIO(files["training_artifacts/step_wise_training_metrics.csv"])))
    losses = [float(row["training_loss"]) for row in rows]
    assert len(rows) == 40
    assert {row["epoch_number"] for row in rows} == {"0", "1"}
    assert sum(losses[-5:]) < sum(losses[:5]) / 2
    assert metrics["trainingMetrics"]["trainingLoss"] == losses[-1]
    assert len(metrics["validationMetrics"]) == 1
    assert any(path.endswith("validation_metrics.csv") for path in files)
    assert "train.jsonl,20,20,0,0" in files["input_status/manifest.report.csv"]
    assert job_outputs.outputs({S3: records}, 2)[0] != job_outputs.outputs({S3: records[1:]}, 2)[0]
    assert job_outputs.outputs({S3: records}, 2) == job_outputs.outputs({S3: records}, 2)
