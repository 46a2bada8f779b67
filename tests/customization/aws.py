"""Stubbed clients, one run and its object. botocore checks the parameters of every call against its model."""

import hashlib
import io
import json
from dataclasses import replace
from functools import cache
from typing import Any

import boto3
from botocore.response import StreamingBody
from botocore.stub import Stubber

from kit_contract.dataset_limits import DatasetLimits
from kit_contract.runs import Run, RunSpecification

BUCKET, KEY = "the-bucket", "data/support/records.jsonl"
MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Workflow"
MODEL_ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc"
OTHER_MODEL_ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/ddddeeeeffff"
JOB_ARN = "arn:aws:bedrock:us-east-1:111122223333:model-customization-job/amazon.nova-micro-v1:0:128k/jobjobjobjob"
RUN_ID = "0123456789abcdef"


def specification(**changes: Any) -> RunSpecification:
    """`changes` may name the fields of its limits as well."""
    unchanged: dict[str, Any] = {
        "customization": "support",
        "alias": "support-bot",
        "base_model": "amazon.nova-micro-v1:0:128k",
        "method": "FINE_TUNING",
        "hyperparameters": {"epochCount": "2"},
        "limits": DatasetLimits("converse", 2, 4, max_tokens=32_000),
        "serving": "on-demand",
        "deployment_name": "sup-support",
        "provisioned_model_name": "",
        "role_arn": "arn:aws:iam::111122223333:role/Job",
        "bucket": BUCKET,
    }
    of_limits = {name: changes.pop(name) for name in DatasetLimits.__dataclass_fields__ if name in changes}
    unchanged["limits"] = replace(unchanged["limits"], **of_limits)
    return RunSpecification(**{**unchanged, **changes})


def a_run(content: bytes = b"", **changes: Any) -> Run:
    """The input of an execution; `changes` are of its specification."""
    return Run(
        specification=specification(**changes),
        kit_deployment="sup",
        run_id=RUN_ID,
        key=KEY,
        dataset_sha256=hashlib.sha256(content).hexdigest(),
        custom_model_name=f"sup-support-{RUN_ID}",
        execution_name=f"support-{RUN_ID}",
    )


@cache
def _session() -> boto3.Session:
    """One for all tests: reading the models of services is slow, and a session keeps them."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def stubbed(service: str) -> tuple[Any, Stubber]:
    client = _session().client(service)
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def streamed(content: bytes) -> dict[str, Any]:
    """The answer of GetObject."""
    return {"Body": StreamingBody(io.BytesIO(content), len(content))}


def record(question: str = "How do I descale it?", answer: str = "Press both buttons for 5 s.") -> bytes:
    turns = [{"role": "user", "content": [{"text": question}]}, {"role": "assistant", "content": [{"text": answer}]}]
    return json.dumps({"schemaVersion": "bedrock-conversation-2024", "messages": turns}).encode() + b"\n"
