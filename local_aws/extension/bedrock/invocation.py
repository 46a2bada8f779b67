"""Invocation: resolves a model id to the model that answers, refuses what Bedrock refuses, makes mock answers.

A custom model's mock repeats the training answer whose question is the most similar to the one asked.
"""

import json
import re
from typing import Any, NamedTuple
from urllib.parse import unquote

import bm25s
import Stemmer
from ministack.services import bedrock, bedrock_runtime, cloudwatch

from local_aws.extension.bedrock import (
    bucket_media,
    converse_requests,
    custom_models,
    embedding_models,
    faults,
    request_shapes,
)
from local_aws.extension.bedrock import custom_model_deployments as deployments
from local_aws.extension.bedrock import provisioned_throughput as throughputs
from local_aws.extension.bedrock.customization import jobs
from local_aws.extension.bedrock.customization.base_models import BASES, LEGACY
from local_aws.extension.bedrock.model_import import imported_models
from local_aws.extension.bedrock.responses import BedrockError

MODEL_PATH = re.compile(r"^/model/(.+?)/(converse|converse-stream|invoke|invoke-with-response-stream)$")
LEGACY_ENDED = (
    "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the "
    "last 15 days. Please upgrade to an active model on Amazon Bedrock"
)
PROFILE = re.compile(r"^(us|eu|apac|au|ca|jp|global)\.")


def check(path: str, body: bytes) -> None:
    """Raise BedrockError unless the model in `path` can be invoked now, with a request that Bedrock accepts."""
    match = MODEL_PATH.match(unquote(path))
    if match is None:
        return
    if faults.is_on(faults.UNVERIFIED_ACCOUNT):
        raise BedrockError("ValidationException", "Operation not allowed")
    model = resolve(match[1])
    if embedding_models.embeds(model):
        embedding_models.refuse_other_operations(match[2])
    _fail(model)
    if match[2].startswith("converse"):
        _check_converse(model, body)


def _check_converse(model: str, body: bytes) -> None:
    if ":imported-model/" in model:
        imported_models.check_converse(model)
    try:
        request = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except ValueError:
        return  # ministack says so
    if isinstance(request, dict):
        request_shapes.check("bedrock-runtime", "ConverseRequest", request)
        converse_requests.check(model, request)
        bucket_media.check(model, request.get("messages") or [])


def _refuse_constant(name: str) -> None:
    """Python reads NaN and Infinity, which are not JSON. AWS's message is not published."""
    raise BedrockError("SerializationException", f"the request is not valid JSON: {name}")


def _fail(model: str) -> None:
    """Raise BedrockError for a model that a fault is about."""
    if faults.is_on(faults.LEGACY_ACCESS_ENDED) and model.startswith(LEGACY):
        raise BedrockError("ResourceNotFoundException", LEGACY_ENDED)
    if faults.is_on(faults.FAILING_MODELS) and custom_models.is_newest(model):
        raise BedrockError("ModelErrorException", "The request failed due to an error while processing the model.")


class Called(NamedTuple):
    """`model`: the ARN or id of the model that answers."""

    operation: str
    model: str


def called(path: str) -> Called | None:
    """What a request to `path` calls, or None if it calls no model. Raises BedrockError."""
    match = MODEL_PATH.match(unquote(path))
    return Called(match[2], resolve(match[1])) if match else None


def count(path: str) -> None:
    """Count the invocation in the CloudWatch metric of the model id in `path`."""
    match = MODEL_PATH.match(unquote(path))
    if match:
        cloudwatch.record_metric("AWS/Bedrock", "Invocations", 1, "Count", {"ModelId": match[1]})


def resolve(model_id: str) -> str:
    """The ARN or id of the model that answers for `model_id`. Raises BedrockError."""
    if ":custom-model-deployment/" in model_id:
        item = deployments.STORE.find(model_id)
        if deployments.status(item) == "Deleting":
            raise BedrockError("ResourceNotFoundException", f"{model_id} is being deleted")
        if deployments.status(item) != "Active":
            raise BedrockError("ModelNotReadyException", f"{model_id} is not ready")
        return deployments.STORE.serving(item)
    if ":provisioned-model/" in model_id:
        item = throughputs.STORE.find(model_id)
        if throughputs.status(item) == "Creating":
            raise BedrockError("ModelNotReadyException", f"{model_id} is not ready")
        return throughputs.STORE.serving(item)
    if ":application-inference-profile/" in model_id:
        return resolve(_profile_source(model_id))
    if ":imported-model/" in model_id:
        return imported_models.answering(model_id)
    return _foundation_model(model_id)


def _foundation_model(model_id: str) -> str:
    plain = PROFILE.sub("", model_id.rsplit("/", 1)[-1])
    if plain in BASES:
        raise BedrockError("ResourceNotFoundException", f"The model {plain} cannot be invoked: it is for customization")
    if plain not in {entry[0] for entry in bedrock._CATALOG}:
        raise BedrockError("ValidationException", "The provided model identifier is invalid.")
    return plain


def _profile_source(profile_arn: str) -> str:
    """The ARN of the model or system-defined profile that the application inference profile was copied from."""
    for profile in bedrock._inference_profiles_apps.values():
        if profile["InferenceProfileArn"] == profile_arn:
            return str(profile["Models"][0]["ModelArn"])
    raise BedrockError("ResourceNotFoundException", f"The inference profile {profile_arn} could not be found")


def mock_reply(model_id: str, messages: list[dict[str, Any]], system: list[dict[str, Any]]) -> str:
    """A mock answer; its text starts with `[mock answer by ...]`."""
    model = resolve(model_id)
    question = bedrock_runtime._last_user_text(messages)
    pairs = jobs.training_pairs(model)
    if pairs:
        name = custom_models.find(model)["modelName"]
        return f"[mock answer by {name}] {most_similar(question, pairs)}"
    name = imported_models.find(model)["modelName"] if ":imported-model/" in model else model
    return f"[mock answer by {name}] You asked: {question[:200]}"


def most_similar(question: str, pairs: list[tuple[str, str]]) -> str:
    """The answer of the pair that shares the most words with `question`."""
    stemmer = Stemmer.Stemmer("english")
    corpus = bm25s.tokenize([f"{asked} {asked} {said}" for asked, said in pairs], stemmer=stemmer, show_progress=False)
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    query = bm25s.tokenize([question], stemmer=stemmer, show_progress=False)
    found, _ = index.retrieve(query, k=1, show_progress=False)
    return pairs[int(found[0][0])][1]
