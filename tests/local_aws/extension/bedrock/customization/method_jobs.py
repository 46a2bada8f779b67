"""Jobs of distillation and reinforcement fine-tuning: their records, graders, teachers and logs."""

import csv
import io
import json
from typing import Any

from tests.local_aws.conftest import Client

BUCKET, LOGS = "methods-bucket", "methods-logs"
MICRO, NOVA_2, PRO = "amazon.nova-micro-v1:0:128k", "amazon.nova-2-lite-v1:0:256k", "amazon.nova-pro-v1:0"
PROFILE = f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.{PRO}"
GRADER = """
def lambda_handler(samples, context):
    scores = []
    for sample in samples:
        wanted = sample["metadata"]["reference_answer"]
        if wanted == "fail":
            raise ValueError("no reference")
        score = 1.0 if sample["messages"][-1]["content"] == wanted else 0.0
        scores.append({"id": sample["id"], "aggregate_reward_score": score})
    return scores
"""
NO_LIST = "def lambda_handler(samples, context):\n    return {'score': 1}\n"
ANY_GRADER = "arn:aws:lambda:us-east-1:000000000000:function:any"


def prompt(number: int) -> dict[str, Any]:
    turn = {"role": "user", "content": [{"text": f"How do I clean part {number}?"}]}
    return {"schemaVersion": "bedrock-conversation-2024", "messages": [turn]}


def scored(number: int, answer: str = "") -> dict[str, Any]:
    turn = {"role": "user", "content": f"What is {number} + 1?"}
    return {"messages": [turn], "reference_answer": answer or str(number + 1)}


def log(number: int, model: str = PRO, project: str = "support") -> dict[str, Any]:
    turn = {"role": "user", "content": [{"text": f"Question {number}"}]}
    answer = {"role": "assistant", "content": [{"text": f"Answer {number}"}]}
    return {
        "schemaType": "ModelInvocationLog",
        "modelId": model,
        "input": {"inputBodyJson": {"messages": [turn]}},
        "output": {"outputBodyJson": {"output": {"message": answer}}},
        "requestMetadata": {"project": project},
    }


def lines(*records: Any) -> bytes:
    return "\n".join(json.dumps(item) for item in records).encode()


def teacher(identifier: str = PRO) -> dict[str, Any]:
    return {"distillationConfig": {"teacherModelConfig": {"teacherModelIdentifier": identifier}}}


def reward(arn: str, **values: Any) -> dict[str, Any]:
    return {"rftConfig": {"graderConfig": {"lambdaGrader": {"lambdaArn": arn}}, "hyperParameters": values}}


def logs(with_answers: bool, **filters: Any) -> dict[str, Any]:
    source = {"s3Uri": f"s3://{LOGS}/AWSLogs/"}
    config = {"usePromptResponse": with_answers, "invocationLogSource": source, "requestMetadataFilters": filters}
    return {"invocationLogsConfig": config}


def create(client: Client, role: str, name: str, base: str, kind: str, data: Any, config: Any, **more: Any) -> str:
    source = {"s3Uri": f"s3://{BUCKET}/{data}.jsonl"} if isinstance(data, str) else data
    arn: str = client("bedrock").create_model_customization_job(
        jobName=name,
        customModelName=name,
        roleArn=role,
        baseModelIdentifier=base,
        customizationType=kind,
        trainingDataConfig=source,
        outputDataConfig={"s3Uri": f"s3://{BUCKET}/output/{name}/"},
        customizationConfig=config,
        **more,
    )["jobArn"]
    return arn


def written(client: Client, job: str, file: str) -> list[dict[str, str]]:
    """The rows of a CSV that the job wrote."""
    listed = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"output/{job}/")["Contents"]
    (key,) = [item["Key"] for item in listed if item["Key"].endswith(file)]
    text = client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
    return list(csv.DictReader(io.StringIO(text)))
