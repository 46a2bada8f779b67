"""What a customization job does with its data: reads it as Bedrock does, and draws a loss curve from it. Pure."""

import csv
import hashlib
import io
import json
import math
import re
from typing import Any

# customization id -> (region, record format, fewest and most records)
BASES = {
    "amazon.nova-micro-v1:0:128k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-lite-v1:0:300k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-pro-v1:0:300k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-2-lite-v1:0:256k": ("us-east-1", "converse", 8, 20_000),
    "meta.llama3-1-8b-instruct-v1:0:128k": ("us-west-2", "prompt-completion", 100, 10_000),
    "meta.llama3-1-70b-instruct-v1:0:128k": ("us-west-2", "prompt-completion", 100, 10_000),
    "meta.llama3-3-70b-instruct-v1:0:128k": ("us-west-2", "converse", 100, 10_000),
}
# provider -> name -> (low, high, default, kind)
HYPERPARAMETERS: dict[str, dict[str, tuple[float, float, str, type]]] = {
    "amazon": {
        "epochCount": (1, 5, "2", int),
        "learningRate": (1e-6, 1e-4, "0.00001", float),
        "learningRateWarmupSteps": (0, 100, "10", int),
        "batchSize": (1, 1, "", int),  # taken, but not listed where it was not given
    },
    "meta": {
        "epochCount": (1, 10, "5", int),
        "batchSize": (1, 1, "1", int),
        "learningRate": (5e-6, 0.1, "0.0001", float),
    },
}
RESERVED = ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]")
MAX_TOKENS = {"amazon": 32_000, "meta": 16_000}
CHARACTERS_PER_TOKEN = 6
MEDIA = ("image", "video")
STEPS_PER_EPOCH = 200
JOB_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9+.]*")
MODEL_NAME = re.compile(r"([0-9a-zA-Z][_-]?){1,63}")
S3_URI = re.compile(r"s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](?:/[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*)?/?")
MAX_NAME, MAX_URI, MAX_VALIDATORS = 63, 1024, 10
Pairs = list[tuple[str, str]]


class TrainingDataError(Exception):
    """When the training data would fail the job."""


def check_request(body: dict[str, Any]) -> str:
    """The first member of a request that breaks its pattern, as Bedrock words it, empty where there is none."""
    members = [("jobName", JOB_NAME, body["jobName"]), ("customModelName", MODEL_NAME, body["customModelName"])]
    for config in ("trainingDataConfig", "outputDataConfig"):
        members.append((f"{config}.s3Uri", S3_URI, body[config].get("s3Uri") or ""))
    members += [("validationDataConfig.validators.s3Uri", S3_URI, uri) for uri in validators(body)]
    if len(validators(body)) > MAX_VALIDATORS:
        return f"validators must have at most {MAX_VALIDATORS} members, got {len(validators(body))}"
    for member, pattern, value in members:
        if len(value) > (MAX_URI if pattern is S3_URI else MAX_NAME) or not pattern.fullmatch(value):
            return (
                f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must "
                f"satisfy regular expression pattern: {pattern.pattern}"
            )
    return ""


def validators(body: dict[str, Any]) -> list[str]:
    """The S3 URIs of a request's validation files."""
    return [str(item.get("s3Uri") or "") for item in (body.get("validationDataConfig") or {}).get("validators") or []]


def check_hyperparameters(base: str, values: dict[str, str]) -> str:
    """The fault in `values` as Bedrock words it, empty where there is none."""
    known = HYPERPARAMETERS[base.split(".", 1)[0]]
    for name, value in values.items():
        if name not in known:
            return f"The provided hyperparameter {name} is not supported for base model {base}"
        low, high, _, kind = known[name]
        try:
            fits = low <= kind(value) <= high
        except (ValueError, TypeError):
            fits = False
        if not fits:
            return f"The value of hyperparameter {name} must be {kind.__name__} between {low} and {high}, got {value}"
    return ""


def resolved_hyperparameters(base: str, values: dict[str, str]) -> dict[str, str]:
    """The given values and the defaults of those that were left out."""
    return {name: row[2] for name, row in HYPERPARAMETERS[base.split(".", 1)[0]].items() if row[2]} | values


def read_records(content: bytes, base: str) -> list[Pairs]:
    """The (question, answer) turns of every record. Raises TrainingDataError naming the line."""
    provider, (_, record_format, _, _) = base.split(".", 1)[0], BASES[base]
    records = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            record = json.loads(line)
            turns = _converse(record, base) if record_format == "converse" else [_prompt_completion(record)]
            _check_text(json.dumps(record, ensure_ascii=False), provider)
        except (ValueError, KeyError, TypeError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise TrainingDataError(f"line {number}: {reason}") from None
        records.append(turns)
    return records


def check_count(training: int, validation: int, base: str) -> None:
    """Raises TrainingDataError unless Bedrock takes this many records."""
    _, _, minimum, maximum = BASES[base]
    if training < minimum or training + validation > maximum:
        raise TrainingDataError(
            f"The dataset must have {minimum} to {maximum} records, validation included, got {training + validation}"
        )


def _prompt_completion(record: Any) -> tuple[str, str]:
    question, completion = record["prompt"], record["completion"]
    if not isinstance(question, str) or not isinstance(completion, str) or not question or not completion:
        raise ValueError("prompt and completion must be text that is not empty")
    return question, completion


def _converse(record: Any, base: str) -> Pairs:
    if not isinstance(record["messages"], list) or not isinstance(record.get("system", []), list):
        raise ValueError("messages and system must be lists")
    roles = [message["role"] for message in record["messages"]]
    if not roles or roles != ["user", "assistant"] * (len(roles) // 2):
        raise ValueError(f"roles must alternate, the first user and the last assistant, got {roles}")
    if not all(str(block["text"]).strip() for block in record.get("system", [])):
        raise ValueError("the system prompt is empty")
    texts = [_turn(message["content"], message["role"], base) for message in record["messages"]]
    return list(zip(texts[::2], texts[1::2], strict=True))


def _turn(content: Any, role: str, base: str) -> str:
    if not isinstance(content, list):
        raise ValueError(f"the content of the {role} turn must be a list of blocks")
    media_allowed = role == "user" and base.startswith("amazon.nova-") and "micro" not in base
    texts = []
    for block in content:
        if any(kind in block for kind in MEDIA):
            if not media_allowed:
                raise ValueError(f"images and videos are not allowed in the {role} turns of {base}")
        elif not isinstance(block["text"], str):
            raise ValueError(f"the text of the {role} turn is not text")
        else:
            texts.append(block["text"])
    if not "".join(texts).strip():
        raise ValueError(f"the {role} turn is empty")
    return " ".join(texts)


def _check_text(text: str, provider: str) -> None:
    max_tokens = MAX_TOKENS[provider]
    if provider == "amazon" and (word := next((word for word in RESERVED if word in text), None)):
        raise ValueError(f"the reserved word {word} is not allowed")
    if len(text) / CHARACTERS_PER_TOKEN > max_tokens:
        raise ValueError(f"Maximum input token count {len(text) // CHARACTERS_PER_TOKEN} exceeds limit of {max_tokens}")


def outputs(files: dict[str, list[Pairs]], epochs: int) -> tuple[dict[str, str], dict[str, Any]]:
    """What the job writes to S3 (path in its folder -> text), and the metrics of job and model.

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
    """The loss of every step: falling, noisy, and the same for the same data."""
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
    """Batches of one record; large datasets report every so many steps only."""
    return min(len(records), STEPS_PER_EPOCH)


def metrics_csv(losses: list[float], per_epoch: int, column: str) -> str:
    """step_wise_training_metrics.csv or validation_metrics.csv; `column` names the loss."""
    rows = [[step, step // per_epoch, loss, f"{math.exp(loss):.4f}"] for step, loss in enumerate(losses)]
    return _csv([["step_number", "epoch_number", column, "perplexity"], *rows])


def manifest_csv(counts: dict[str, int]) -> str:
    """manifest.report.csv: how many records of each file were taken."""
    columns = ["fileName", "totalProcessedRecordCount", "acceptedRecordCount"]
    rows: list[list[Any]] = [[name, count, count, 0, 0] for name, count in counts.items()]
    return _csv([[*columns, "partiallyAcceptedRecordCount", "rejectedRecordCount"], *rows])


def _csv(rows: list[list[Any]]) -> str:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(rows)
    return output.getvalue()
