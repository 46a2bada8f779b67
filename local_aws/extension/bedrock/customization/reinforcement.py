"""REINFORCEMENT_FINE_TUNING: the model answers prompts, a grader scores the answers, the rewards rise over the steps.

No model runs here: of the samples of a prompt, more and more are the record's reference answer, and the others are the
question's words. The grader is really called, with the job's role, in every step.
https://docs.aws.amazon.com/bedrock/latest/userguide/rft-submit-job.html
"""

import json
import math
import re
from typing import Any

from ministack.core.responses import get_region

from local_aws.extension.bedrock.customization import grader, job_outputs, job_request
from local_aws.extension.bedrock.customization.method import Files, Job, Method, Results, check_output, parsed
from local_aws.extension.bedrock.customization.training_records import Pairs, TrainingDataError

BASES = {"amazon.nova-2-lite-v1:0:256k": "us-east-1"}
LEAST, MOST = 100, 20_000
LAMBDA_ARN = re.compile(r"arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}(-gov)?-[a-z]+-\d{1}:\d{12}:function:[\w.-]+(:[\w$-]+)?")
# RFTHyperParameters: (low, high, type); those without bounds in the API must be positive
BOUNDS: dict[str, tuple[float, float, type]] = {
    "epochCount": (1, 50, int),
    "batchSize": (16, 512, int),
    "learningRate": (1e-7, 1e-3, float),
    "maxPromptLength": (1, math.inf, int),
    "trainingSamplePerPrompt": (2, 16, int),
    "inferenceMaxTokens": (1, math.inf, int),
    "evalInterval": (1, 100, int),
}
EFFORTS = ("low", "medium", "high")
ROLES = ("system", "developer", "user", "assistant", "tool")
# Real jobs take hours; this one calls the grader a few times with a few prompts.
STEPS, PROMPTS = 6, 4
REWARD = (
    "critic/rewards/mean"  # the metric's name in the guide (rft-submit-job); that of a column is documented nowhere
)


def check(body: dict[str, Any], base: str) -> str:
    config = (body.get("customizationConfig") or {}).get("rftConfig") or {}
    arn = str(((config.get("graderConfig") or {}).get("lambdaGrader") or {}).get("lambdaArn") or "")
    if BASES.get(base) != get_region():
        return f"The customization type REINFORCEMENT_FINE_TUNING is not supported for {base}"
    if not LAMBDA_ARN.fullmatch(arn):
        return (
            f"rftConfig.graderConfig.lambdaGrader.lambdaArn must be the ARN of a Lambda function, got {arn or 'none'}"
        )
    if body.get("hyperParameters"):
        return "hyperParameters are not supported for REINFORCEMENT_FINE_TUNING; use rftConfig.hyperParameters"
    if not body["trainingDataConfig"].get("s3Uri"):
        return "trainingDataConfig.s3Uri is required"
    return _check_hyperparameters(config.get("hyperParameters") or {})


def read(job: Job) -> Files:
    body = job["body"]
    check_output(job)
    job["records"] = {}
    uris = [body["trainingDataConfig"]["s3Uri"], *job_request.validators(body)]
    files = {uri: parsed(uri, body["roleArn"], lambda content, uri=uri: _records(job, uri, content)) for uri in uris}  # type: ignore[misc]
    counts = [len(items) for items in files.values()]
    if counts[0] < LEAST or sum(counts) > MOST:
        raise TrainingDataError(
            f"The dataset must have {LEAST} to {MOST} records, validation included, got {sum(counts)}"
        )
    return files


def train(job: Job, files: Files) -> Results:
    """Losses as in fine-tuning, and the mean reward of each step."""
    values = _hyperparameters(job)
    epochs, samples = int(values.get("epochCount", 1)), int(values.get("trainingSamplePerPrompt", 4))
    source, *validators = files
    rewards = [_step(job, source, step, samples) for step in range(STEPS)]
    outputs, metrics = job_outputs.outputs({source: files[source]}, epochs)
    losses = job_outputs.training_losses(files[source], epochs)[-STEPS:]
    rows = [[step, step * epochs // STEPS, losses[step], reward] for step, reward in enumerate(rewards)]
    columns = ["step_number", "epoch_number", "training_loss", REWARD]
    outputs["training_artifacts/step_wise_training_metrics.csv"] = job_outputs.table([columns, *rows])
    for uri in validators:
        held_out = [[epoch, epoch, _step(job, uri, STEPS - 1, 1)] for epoch in range(epochs)]
        outputs["validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv"] = (
            job_outputs.table([["step_number", "epoch_number", "validation_reward"], *held_out])
        )
    return outputs, {"trainingMetrics": {"trainingLoss": metrics["trainingMetrics"]["trainingLoss"]}}


def _step(job: Job, uri: str, step: int, samples: int) -> float:
    records = job["records"][uri]
    chosen = [(number, records[number % len(records)]) for number in range(step * PROMPTS, (step + 1) * PROMPTS)]
    good = (step + 1) / (STEPS + 1)
    batch = []
    for number, record in chosen:
        for sample in range(samples):
            answer = _reference(record) if (sample + 0.5) / samples < good else _guess(record)
            rest = {name: value for name, value in record.items() if name != "messages"}
            messages = [*record["messages"], {"role": "assistant", "content": answer}]
            batch.append({"id": f"{step}-{number}-{sample}", "messages": messages, "metadata": rest})
    config = job["body"]["customizationConfig"]["rftConfig"]
    found = grader.scores(config["graderConfig"]["lambdaGrader"]["lambdaArn"], job["body"]["roleArn"], batch)
    return round(sum(found) / len(found), 4)


def _records(job: Job, uri: str, content: bytes) -> list[Pairs]:
    """The (prompt, reference answer) of each record; the records themselves are kept in the job."""
    records = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            record = json.loads(line)
            _check_messages(record["messages"])
        except (ValueError, KeyError, TypeError, IndexError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise TrainingDataError(f"line {number}: {reason}") from None
        records.append(record)
    job["records"][uri] = records
    return [[(_text(record["messages"][-1]), _reference(record))] for record in records]


def _check_messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise ValueError("messages must be a list that is not empty")
    roles = [message["role"] for message in messages]
    if unknown := [role for role in roles if role not in ROLES]:
        raise ValueError(f"roles must be of {', '.join(ROLES)}, got {unknown[0]}")
    if roles[-1] not in ("user", "tool"):
        raise ValueError(f"the last message must be the prompt, got role {roles[-1]}")


def _reference(record: dict[str, Any]) -> str:
    value = record.get("reference_answer", "")
    if isinstance(value, dict):
        value = value.get("final_answer", value.get("answer", value))
    return value if isinstance(value, str) else json.dumps(value)


def _guess(record: dict[str, Any]) -> str:
    return f"I think that {_text(record['messages'][-1])[:40]}"


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


def _hyperparameters(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = job["body"]["customizationConfig"]["rftConfig"].get("hyperParameters") or {}
    return found


def _check_hyperparameters(values: dict[str, Any]) -> str:
    for name, value in values.items():
        if name == "reasoningEffort":
            if value not in EFFORTS:
                return f"reasoningEffort must be one of {', '.join(EFFORTS)}, got {value}"
            continue
        if name not in BOUNDS:
            return f"rftConfig.hyperParameters has no member {name}"
        low, high, kind = BOUNDS[name]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or (kind is int and value != int(value)) or not low <= value <= high:
            return f"{name} must be {kind.__name__} between {low} and {high}, got {value}"
    return ""


REINFORCEMENT = Method(check, read, train)
