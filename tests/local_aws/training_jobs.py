"""Training data and customization jobs that tests create on the embedded AWS."""

import json
import time
from typing import Any

from tests.local_aws.servers import BASE

BUCKET = "training-bucket"
TOPICS = ["descaling", "refund", "warranty", "shipping", "filter", "invoice", "password", "grinder", "milk", "recipe"]


def data(*, broken: int | None = None, image: str = "") -> bytes:
    """`image` is a place that every question shows."""
    shown = [{"image": {"format": "png", "source": {"s3Location": {"uri": image}}}}] if image else []
    records = [
        {
            "messages": [
                {"role": "user", "content": [*shown, {"text": f"Tell me about {topic}, please"}]},
                {"role": "assistant", "content": [{"text": f"All there is to know on {topic}."}]},
            ]
        }
        for topic in TOPICS
    ]
    lines = [json.dumps(item) for item in records]
    if broken is not None:
        lines[broken - 1] = '{"messages": []}'
    return "\n".join(lines).encode()


def request(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "jobName": name,
        "customModelName": f"{name}-model",
        "roleArn": "arn:aws:iam::000000000000:role/trainer",
        "baseModelIdentifier": BASE,
        "trainingDataConfig": {"s3Uri": f"s3://{BUCKET}/data/good.jsonl"},
        "outputDataConfig": {"s3Uri": f"s3://{BUCKET}/output/"},
        **changes,
    }


def finished(bedrock: Any, job: str) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found: dict[str, Any] = bedrock.get_model_customization_job(jobIdentifier=job)
        if found["status"] in ("Completed", "Failed", "Stopped"):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{job} did not end")
