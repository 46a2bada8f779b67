"""What a customization job writes to S3: a loss curve drawn from its records, and a manifest. Pure."""

import csv
import hashlib
import io
import math
from typing import Any

from local_aws.extension.bedrock.customization.training_records import CHARACTERS_PER_TOKEN, Pairs

STEPS_PER_EPOCH = 200


def outputs(files: dict[str, list[Pairs]], epochs: int) -> tuple[dict[str, str], dict[str, Any]]:
    """The files the job writes to S3 (path in its folder -> text), and the metrics of job and model.

    `files` has the records of each file by URI, the training file first.
    """
    records, *validation = files.values()
    per_epoch = steps_per_epoch(records)
    losses = training_losses(records, epochs)
    counts = {uri.rsplit("/", 1)[-1]: len(items) for uri, items in files.items()}
    written = {
        "training_artifacts/step_wise_training_metrics.csv": metrics_csv(losses, per_epoch, "training_loss"),
        "input_status/manifest.report.csv": manifest_csv(counts),
    }
    metrics: dict[str, Any] = {"trainingMetrics": {"trainingLoss": losses[-1]}}
    for number, items in enumerate(validation):
        by_epoch = [round(loss * (1.02 + 0.01 * (len(items) % 5)), 4) for loss in losses[per_epoch - 1 :: per_epoch]]
        folder = f"validation_artifacts/post_fine_tuning_validation/validation{number or ''}"
        written[f"{folder}/validation_metrics.csv"] = metrics_csv(by_epoch, 1, "validation_loss")
        metrics.setdefault("validationMetrics", []).append({"validationLoss": by_epoch[-1]})
    return written, metrics


def training_losses(records: list[Pairs], epochs: int) -> list[float]:
    """The loss of each step: falling, noisy, and the same for the same data."""
    text = repr(records)
    seed = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
    start, floor = 2.2 + min(len(text) / CHARACTERS_PER_TOKEN / len(records), 400) / 400, 0.55
    steps = epochs * steps_per_epoch(records)
    losses = []
    for step in range(steps):
        noise = (((seed >> (step % 24)) ^ step * 2654435761) % 1000 / 1000 - 0.5) * 0.12
        losses.append(round(floor + (start - floor) * math.exp(-3.2 * step / steps) + noise, 4))
    return losses


def steps_per_epoch(records: list[Pairs]) -> int:
    """One step per record, up to the limit: Bedrock samples the steps of large datasets."""
    return min(len(records), STEPS_PER_EPOCH)


def metrics_csv(losses: list[float], per_epoch: int, column: str) -> str:
    """step_wise_training_metrics.csv or validation_metrics.csv; `column` names the loss."""
    rows = [[step, step // per_epoch, loss, f"{math.exp(loss):.4f}"] for step, loss in enumerate(losses)]
    return table([["step_number", "epoch_number", column, "perplexity"], *rows])


def manifest_csv(counts: dict[str, int], rejected: int = 0) -> str:
    """manifest.report.csv: how many records of each file were accepted; `rejected` are of the first."""
    columns = ["fileName", "totalProcessedRecordCount", "acceptedRecordCount"]
    rows: list[list[Any]] = [[name, count, count, 0, 0] for name, count in counts.items()]
    rows[0][1], rows[0][4] = rows[0][1] + rejected, rejected
    return table([[*columns, "partiallyAcceptedRecordCount", "rejectedRecordCount"], *rows])


def table(rows: list[list[Any]]) -> str:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(rows)
    return output.getvalue()
