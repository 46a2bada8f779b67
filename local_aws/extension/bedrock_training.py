"""What a customization job does with its data: reads it as Bedrock does, and draws a loss curve from it. Pure."""

import csv
import hashlib
import io
import json
import math
from typing import Any

BASES = {
    "amazon.nova-micro-v1:0:128k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-lite-v1:0:300k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-pro-v1:0:300k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-2-lite-v1:0:256k": ("us-east-1", "converse", 8, 20_000),
    "meta.llama3-1-8b-instruct-v1:0:128k": ("us-west-2", "prompt-completion", 100, 10_000),
    "meta.llama3-1-70b-instruct-v1:0:128k": ("us-west-2", "prompt-completion", 100, 10_000),
    "meta.llama3-3-70b-instruct-v1:0:128k": ("us-west-2", "converse", 100, 10_000),
}
RANGES = {
    "amazon": {"epochCount": (1, 5), "learningRate": (1e-6, 1e-4), "learningRateWarmupSteps": (0, 100)},
    "meta": {"epochCount": (1, 10), "learningRate": (5e-6, 0.1), "batchSize": (1, 1)},
}
RESERVED = ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]")
STEPS_PER_EPOCH = 40


class TrainingDataError(Exception):
    """When the training data would fail the job."""


def check_hyperparameters(base: str, values: dict[str, str]) -> str:
    """The fault in `values` as Bedrock words it, empty where there is none."""
    ranges = RANGES[base.split(".", 1)[0]]
    for name, value in values.items():
        if name not in ranges:
            return f"The provided hyperparameter {name} is not supported for base model {base}"
        low, high = ranges[name]
        if not low <= float(value) <= high:
            return f"Hyperparameter {name} must be between {low} and {high}, got {value}"
    return ""


def read_records(content: bytes, base: str) -> list[tuple[str, str]]:
    """(last question, last answer) of every record. Raises TrainingDataError naming the line."""
    _, record_format, minimum, maximum = BASES[base]
    pairs = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            record = json.loads(line)
            pair = _converse(record) if record_format == "converse" else (record["prompt"], record["completion"])
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise TrainingDataError(f"Unable to parse Amazon S3 file: record {number} is not valid ({error})") from None
        for word in RESERVED:
            if any(word in text for text in pair):
                raise TrainingDataError(f"Record {number} contains the reserved word {word}")
        pairs.append(pair)
    if not minimum <= len(pairs) <= maximum:
        raise TrainingDataError(f"The dataset must have {minimum} to {maximum} records, got {len(pairs)}")
    return pairs


def _converse(record: dict[str, Any]) -> tuple[str, str]:
    messages = record["messages"]
    roles = [message["role"] for message in messages]
    if roles != ["user", "assistant"] * (len(roles) // 2) or not roles:
        raise ValueError(f"roles must alternate from user to assistant, got {roles}")
    texts = [" ".join(block["text"] for block in message["content"]) for message in messages]
    if not all(text.strip() for text in texts):
        raise ValueError("a turn is empty")
    return " ".join(texts[:-1:2]), texts[-1]


def metrics_csv(pairs: list[tuple[str, str]], epochs: int) -> tuple[str, float]:
    """step_wise_training_metrics.csv and the final loss; the same data gives the same curve."""
    seed = int(hashlib.sha256(repr(pairs).encode()).hexdigest()[:8], 16)
    tokens = sum(len(question) + len(response) for question, response in pairs) / 4 / len(pairs)
    start, floor = 2.2 + min(tokens, 400) / 400, 0.55
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(["step_number", "epoch_number", "training_loss", "perplexity"])
    loss = start
    steps = epochs * STEPS_PER_EPOCH
    for step in range(steps):
        noise = (((seed >> (step % 24)) ^ step * 2654435761) % 1000 / 1000 - 0.5) * 0.12
        loss = max(floor / 2, floor + (start - floor) * math.exp(-3.2 * step / steps) + noise)
        writer.writerow([step, step // STEPS_PER_EPOCH, f"{loss:.4f}", f"{math.exp(loss):.4f}"])
    return output.getvalue(), loss
