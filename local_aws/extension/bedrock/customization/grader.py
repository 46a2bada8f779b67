"""The grader of a job: the Lambda function that Bedrock calls with samples, and its answer.

https://docs.aws.amazon.com/bedrock/latest/userguide/reward-functions.html: a list of {"id", "messages", "metadata"} ->
a list of {"id", "aggregate_reward_score", "metrics_list"}. AWS documents no text of the failures.
"""

import json
from typing import Any
from urllib.parse import quote

from ministack import app

from local_aws.extension.bedrock.customization.training_records import TrainingDataError
from local_aws.extension.bedrock.service_roles import role_allows_on

Sample = dict[str, Any]


def scores(grader: str, role: str, samples: list[Sample]) -> list[float]:
    """The reward of each sample. Raises TrainingDataError."""
    if not role_allows_on(role, "lambda:InvokeFunction", grader):
        raise TrainingDataError(f"The role {role} is not authorized to perform lambda:InvokeFunction on {grader}")
    status, headers, body = _invoke(grader, samples)
    if status == 404:
        raise TrainingDataError(f"The reward function {grader} does not exist")
    text = body.decode(errors="replace")
    if status >= 400 or any(name.lower() == "x-amz-function-error" for name in headers):
        raise TrainingDataError(f"The reward function {grader} failed: {text[:500]}")
    return _scores(grader, samples, text)


def _scores(grader: str, samples: list[Sample], text: str) -> list[float]:
    try:
        results = {item["id"]: float(item["aggregate_reward_score"]) for item in json.loads(text)}
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingDataError(
            f"The reward function {grader} must return a list of id and aggregate_reward_score, got {text[:200]} "
            f"({type(error).__name__}: {error})"
        ) from None
    missing = [sample["id"] for sample in samples if sample["id"] not in results]
    if missing:
        raise TrainingDataError(f"The reward function {grader} returned no score for {', '.join(missing[:5])}")
    return [results[sample["id"]] for sample in samples]


def _invoke(grader: str, samples: list[Sample]) -> tuple[int, dict[str, str], bytes]:
    name, _, version = grader.split(":function:", 1)[1].partition(":")
    path = f"/2015-03-31/functions/{quote(name)}/invocations"
    handler, query = app.SERVICE_HANDLERS["lambda"], {"Qualifier": [version]} if version else {}
    status, headers, body = app.call_service_handler_sync(
        handler, "POST", path, {}, json.dumps(samples).encode(), query
    )
    return status, dict(headers), body if isinstance(body, bytes) else str(body).encode()
