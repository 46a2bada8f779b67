"""DISTILLATION: prompts of a file or of invocation logs, answered by a teacher; a bad prompt is rejected, not fatal.

https://docs.aws.amazon.com/bedrock/latest/userguide/prequisites-model-distillation.html (who may teach whom)
https://docs.aws.amazon.com/bedrock/latest/userguide/distillation-prepare-datasets.html (100 to 15,000 prompts, logs)
"""

import json
from typing import Any

from ministack.core.responses import get_region

from local_aws.extension.bedrock.customization import invocation_logs, job_outputs, job_request
from local_aws.extension.bedrock.customization.method import (
    Files,
    Job,
    Method,
    Results,
    check_output,
    read_object,
)
from local_aws.extension.bedrock.customization.training_records import Pairs, TrainingDataError
from local_aws.extension.bedrock.service_roles import role_allows_on

NOVA_PRO, LLAMA_70B = "amazon.nova-pro-v1:0", ("meta.llama3-1-70b-instruct-v1:0", "meta.llama3-3-70b-instruct-v1:0")
TEACHERS = {
    "amazon.nova-micro-v1:0:128k": ("us-east-1", (NOVA_PRO,)),
    "amazon.nova-lite-v1:0:300k": ("us-east-1", (NOVA_PRO,)),
    "meta.llama3-1-8b-instruct-v1:0:128k": ("us-west-2", LLAMA_70B),
}
LEAST, MOST, MAX_BYTES = 100, 15_000, 1 << 30
EPOCHS = 1  # the API takes no hyperparameters here


def check(body: dict[str, Any], base: str) -> str:
    region, teachers = TEACHERS.get(base, ("", ()))
    config = ((body.get("customizationConfig") or {}).get("distillationConfig") or {}).get("teacherModelConfig") or {}
    teacher = str(config.get("teacherModelIdentifier") or "")
    sources = [name for name in ("s3Uri", "invocationLogsConfig") if body["trainingDataConfig"].get(name)]
    if region != get_region():
        return f"The customization type DISTILLATION is not supported for {base}"
    if not teacher:
        return "distillationConfig.teacherModelConfig.teacherModelIdentifier is required"
    if _plain(teacher) not in teachers:
        return f"The teacher model {teacher} is not supported for the student model {base}"
    if body.get("hyperParameters"):
        return "hyperParameters are not supported for the customization type DISTILLATION"
    if len(sources) != 1:
        return (
            f"trainingDataConfig must have one of s3Uri and invocationLogsConfig, got {' and '.join(sources) or 'none'}"
        )
    return ""


def read(job: Job) -> Files:
    body = job["body"]
    check_output(job)
    teacher = _teacher(body)
    _check_teacher_rights(body["roleArn"], teacher)
    logs = body["trainingDataConfig"].get("invocationLogsConfig")
    if logs:
        uri = logs["invocationLogSource"]["s3Uri"]
        found = invocation_logs.read(logs, body["roleArn"], _plain(teacher))
        rejected: list[str] = []
    else:
        uri = body["trainingDataConfig"]["s3Uri"]
        found, rejected = _prompts(read_object(uri, body["roleArn"]))
    job["rejected"] = rejected
    if not LEAST <= len(found) <= MOST:
        reasons = f"; rejected: {len(rejected)}, first: {rejected[0]}" if rejected else ""
        raise TrainingDataError(f"The number of valid prompts must be {LEAST} to {MOST}, got {len(found)}{reasons}")
    answered: list[Pairs] = [[(question, answer or _answer(teacher, question))] for question, answer in found]
    validation = {
        uri: [[pair] for pair in _answered(_prompts(read_object(uri, body["roleArn"]))[0], teacher)]
        for uri in job_request.validators(body)
    }
    return {uri: answered, **validation}


def train(job: Job, files: Files) -> Results:
    outputs, metrics = job_outputs.outputs(files, EPOCHS)
    counts = {uri.rsplit("/", 1)[-1] or "logs": len(items) for uri, items in files.items()}
    outputs["input_status/manifest.report.csv"] = job_outputs.manifest_csv(counts, len(job["rejected"]))
    return outputs, metrics


def _prompts(content: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """(prompt, answer or "") of each record that Bedrock accepts, and why it rejects the others."""
    if len(content) > MAX_BYTES:
        raise TrainingDataError(f"The file must have at most {MAX_BYTES} bytes, got {len(content)}")
    accepted, rejected = [], []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            accepted.append(_prompt(json.loads(line)))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            rejected.append(f"line {number}: {error}")
    return accepted, rejected


def _prompt(record: Any) -> tuple[str, str]:
    if record["schemaVersion"] != "bedrock-conversation-2024":
        raise ValueError(f"schemaVersion must be bedrock-conversation-2024, got {record['schemaVersion']}")
    if len(record.get("system", [])) > 1:
        raise ValueError("there must be at most one system prompt")
    roles = [message["role"] for message in record["messages"]]
    if not roles or roles != [("user", "assistant")[number % 2] for number in range(len(roles))]:
        raise ValueError(f"roles must alternate and begin with user, got {roles}")
    texts = ["".join(block["text"] for block in message["content"]) for message in record["messages"]]
    if not all(text.strip() for text in texts):
        raise ValueError("a turn is empty")
    last = len(texts) - 1 - (roles[-1] == "assistant")
    return texts[last], texts[-1] if roles[-1] == "assistant" else ""


def _check_teacher_rights(role: str, teacher: str) -> None:
    if ":inference-profile/" in teacher and not role_allows_on(role, "bedrock:InvokeModel", teacher):
        raise TrainingDataError(f"The role {role} is not authorized to perform bedrock:InvokeModel on {teacher}")


def _answered(prompts: list[tuple[str, str]], teacher: str) -> list[tuple[str, str]]:
    return [(question, answer or _answer(teacher, question)) for question, answer in prompts]


def _answer(teacher: str, question: str) -> str:
    """No model runs here: the teacher's answer is a text that names it."""
    return f"[answer of {_plain(teacher)}] {question}"


def _teacher(body: dict[str, Any]) -> str:
    config = body["customizationConfig"]["distillationConfig"]["teacherModelConfig"]
    return str(config["teacherModelIdentifier"])


def _plain(teacher: str) -> str:
    """`us.amazon.nova-pro-v1:0`, its ARN and that of the model -> `amazon.nova-pro-v1:0`."""
    identifier = teacher.rsplit("/", 1)[-1]
    return identifier if identifier.startswith(("amazon.", "meta.")) else identifier.split(".", 1)[-1]


DISTILLATION = Method(check, read, train)
