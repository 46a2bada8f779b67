"""Puts our operations in front of ministack's Bedrock services; what is not ours goes on to ministack."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.services import bedrock, bedrock_runtime

from local_aws.extension import bedrock_availability as access
from local_aws.extension import bedrock_custom_model_deployments as deployments
from local_aws.extension import bedrock_customization_jobs as jobs
from local_aws.extension import bedrock_provisioned_throughput as throughputs
from local_aws.extension import bedrock_runtime_models, knowledge_answers, knowledge_ingestion, knowledge_retrieval
from local_aws.extension.bedrock_answers import BedrockError, Response, refusal
from local_aws.extension.bedrock_tokens import once

Handler = Callable[..., Response]
Route = tuple[str, str, Handler]

CONTROL: tuple[Route, ...] = (
    ("GET", "/foundation-model-availability/(.+)", lambda body, model: access.availability(model)),
    ("GET", "/list-foundation-model-agreement-offers/(.+)", lambda body, model: access.offers(model)),
    ("POST", "/create-foundation-model-agreement", access.agree),
    ("POST", "/delete-foundation-model-agreement", access.disagree),
    ("POST", "/model-customization-jobs", lambda body: once("CreateModelCustomizationJob", body, jobs.create)),
    ("GET", "/model-customization-jobs", lambda body: jobs.list_jobs()),
    ("POST", "/model-customization-jobs/(.+)/stop", lambda body, job: jobs.stop(job)),
    ("GET", "/model-customization-jobs/(.+)", lambda body, job: jobs.get(job)),
    ("GET", "/custom-models/(.+)", lambda body, model: jobs.get_model(model)),
    (
        "POST",
        "/model-customization/custom-model-deployments",
        lambda body: once("CreateCustomModelDeployment", body, deployments.create),
    ),
    ("GET", "/model-customization/custom-model-deployments", lambda body: deployments.list_deployments()),
    ("GET", "/model-customization/custom-model-deployments/(.+)", lambda body, name: deployments.get(name)),
    ("PATCH", "/model-customization/custom-model-deployments/(.+)", lambda body, name: deployments.update(name, body)),
    ("DELETE", "/model-customization/custom-model-deployments/(.+)", lambda body, name: deployments.delete(name)),
    (
        "POST",
        "/provisioned-model-throughput",
        lambda body: once("CreateProvisionedModelThroughput", body, throughputs.create),
    ),
    ("GET", "/provisioned-model-throughputs", lambda body: throughputs.list_throughputs()),
    ("GET", "/provisioned-model-throughput/(.+)", lambda body, name: throughputs.get(name)),
    ("PATCH", "/provisioned-model-throughput/(.+)", lambda body, name: throughputs.update(name, body)),
    ("DELETE", "/provisioned-model-throughput/(.+)", lambda body, name: throughputs.delete(name)),
    ("POST", "/listTagsForResource", lambda body: _tags(body)),
)
AGENT: tuple[Route, ...] = (
    ("PUT", "/knowledgebases/([^/]+)/datasources/([^/]+)/ingestionjobs/?", knowledge_ingestion.start),
    ("GET", "/knowledgebases/([^/]+)/datasources/([^/]+)/ingestionjobs/([^/]+)", knowledge_ingestion.get),
    ("POST", "/knowledgebases/([^/]+)/datasources/([^/]+)/ingestionjobs/?", knowledge_ingestion.list_jobs),
)
AGENT_RUNTIME: tuple[Route, ...] = (
    ("POST", "/knowledgebases/([^/]+)/retrieve", knowledge_retrieval.retrieve),
    ("POST", "/retrieveAndGenerate", knowledge_answers.retrieve_and_generate),
)


def install() -> None:
    """Wrap the handlers of the four Bedrock services."""
    _wrap("bedrock", CONTROL)
    _wrap("bedrock-agent", AGENT)
    _wrap("bedrock-agent-runtime", AGENT_RUNTIME)
    _wrap_runtime()


def _wrap(service: str, routes: tuple[Route, ...]) -> None:
    behind = app.SERVICE_HANDLERS[service]
    compiled = [(method, re.compile(f"^{pattern}$"), handler) for method, pattern, handler in routes]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        for wanted, pattern, handler in compiled:
            match = pattern.match(path)
            if match and method == wanted:
                return _run(handler, body, [unquote(group) for group in match.groups()])
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS[service] = handle


def _run(handler: Handler, body: bytes | str, arguments: list[str]) -> Response:
    try:
        return handler(json.loads(body or b"{}"), *arguments)
    except BedrockError as error:
        return refusal(error)


def _wrap_runtime() -> None:
    behind = app.SERVICE_HANDLERS["bedrock-runtime"]
    bedrock_runtime._mock_reply = bedrock_runtime_models.mock_reply

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        try:
            bedrock_runtime_models.check(path)
        except BedrockError as error:
            return refusal(error)
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS["bedrock-runtime"] = handle


def _tags(body: dict[str, Any]) -> Response:
    tags = bedrock._tags.get(body.get("resourceARN", ""), {})
    content = json.dumps({"tags": [{"key": key, "value": value} for key, value in tags.items()]}).encode()
    return 200, {"Content-Type": "application/json"}, content
