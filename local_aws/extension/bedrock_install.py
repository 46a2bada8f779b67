"""Puts our operations in front of ministack's Bedrock services; what is not ours goes on to ministack."""

import asyncio
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

JOBS = "/model-customization-jobs"
MODELS = "/custom-models"
DEPLOYMENTS = "/model-customization/custom-model-deployments"
THROUGHPUT = "/provisioned-model-throughput"
INGESTION = "/knowledgebases/([^/]+)/datasources/([^/]+)/ingestionjobs"
TAGGED = re.compile(r":(model-customization-job|custom-model|custom-model-deployment|provisioned-model)/")


def _delete_model(_: dict[str, Any], identifier: str) -> Response:
    served_by = throughputs.names_serving(deployments.find_model(identifier)["modelArn"])
    return deployments.delete_model(identifier, served_by)


CONTROL: tuple[Route, ...] = (
    ("GET", "/foundation-models", access.list_models),
    ("GET", "/foundation-models/(.+)", access.get_model),
    ("GET", "/foundation-model-availability/(.+)", access.availability),
    ("GET", "/list-foundation-model-agreement-offers/(.+)", access.offers),
    ("POST", "/create-foundation-model-agreement", access.agree),
    ("POST", "/delete-foundation-model-agreement", access.disagree),
    ("GET", "/use-case-for-model-access", access.get_use_case),
    ("POST", "/use-case-for-model-access", access.put_use_case),
    ("POST", JOBS, lambda body: once("CreateModelCustomizationJob", body, jobs.create)),
    ("GET", JOBS, jobs.list_jobs),
    ("POST", f"{JOBS}/(.+)/stop", jobs.stop),
    ("GET", f"{JOBS}/(.+)", jobs.get),
    ("GET", MODELS, deployments.list_models),
    ("GET", f"{MODELS}/(.+)", deployments.get_model),
    ("DELETE", f"{MODELS}/(.+)", _delete_model),
    ("POST", DEPLOYMENTS, lambda body: once("CreateCustomModelDeployment", body, deployments.create)),
    ("GET", DEPLOYMENTS, deployments.list_deployments),
    ("GET", f"{DEPLOYMENTS}/(.+)", deployments.get),
    ("PATCH", f"{DEPLOYMENTS}/(.+)", deployments.update),
    ("DELETE", f"{DEPLOYMENTS}/(.+)", deployments.delete),
    ("POST", THROUGHPUT, lambda body: once("CreateProvisionedModelThroughput", body, throughputs.create)),
    ("GET", f"{THROUGHPUT}s", throughputs.list_throughputs),
    ("GET", f"{THROUGHPUT}/(.+)", throughputs.get),
    ("PATCH", f"{THROUGHPUT}/(.+)", throughputs.update),
    ("DELETE", f"{THROUGHPUT}/(.+)", throughputs.delete),
)
AGENT: tuple[Route, ...] = (
    ("PUT", f"{INGESTION}/?", knowledge_ingestion.start),
    ("POST", f"{INGESTION}/?", knowledge_ingestion.list_jobs),
    ("GET", f"{INGESTION}/([^/]+)", knowledge_ingestion.get),
    ("POST", f"{INGESTION}/([^/]+)/stop", knowledge_ingestion.stop),
)
AGENT_RUNTIME: tuple[Route, ...] = (
    ("POST", "/knowledgebases/([^/]+)/retrieve", knowledge_retrieval.retrieve),
    ("POST", "/retrieveAndGenerate", knowledge_answers.retrieve_and_generate),
    ("POST", "/retrieveAndGenerateStream", knowledge_answers.retrieve_and_generate_stream),
)


def install() -> None:
    """Wrap the handlers of the four Bedrock services."""
    access.add_models()
    _wrap("bedrock", CONTROL)
    _wrap("bedrock-agent", AGENT)
    _wrap("bedrock-agent-runtime", AGENT_RUNTIME, in_thread=True)
    _wrap_runtime()
    _extend_tags()


def _wrap(service: str, routes: tuple[Route, ...], *, in_thread: bool = False) -> None:
    """Take these routes. `in_thread` is for what may wait for another server: the event loop must not."""
    behind = app.SERVICE_HANDLERS[service]
    compiled = [(method, re.compile(pattern), handler) for method, pattern, handler in routes]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        for wanted, pattern, handler in compiled:
            match = pattern.fullmatch(path)
            if match and method == wanted:
                arguments = [unquote(group) for group in match.groups()]
                given = _query(query) if method == "GET" else body
                if in_thread:
                    return await asyncio.to_thread(_run, handler, given, arguments)
                return _run(handler, given, arguments)
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS[service] = handle


def _query(query: Any) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in (query or {}).items()}


def _run(handler: Handler, given: Any, arguments: list[str]) -> Response:
    try:
        parsed = given if isinstance(given, dict) else json.loads(given or b"{}")
        if not isinstance(parsed, dict):
            raise BedrockError("ValidationException", "The request body must be a JSON object")
        return handler(parsed, *arguments)
    except BedrockError as error:
        return refusal(error)
    except json.JSONDecodeError as error:
        return refusal(BedrockError("ValidationException", f"The request body is not valid JSON: {error}"))


def _wrap_runtime() -> None:
    behind = app.SERVICE_HANDLERS["bedrock-runtime"]
    bedrock_runtime._mock_reply = bedrock_runtime_models.mock_reply

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        try:
            bedrock_runtime_models.check(path)
        except BedrockError as error:
            return refusal(error)
        response: Response = await behind(method, path, headers, body, query)
        if response[0] == 200:
            bedrock_runtime_models.count(path)
        return response

    app.SERVICE_HANDLERS["bedrock-runtime"] = handle


def _extend_tags() -> None:
    """ministack tags only what it made itself."""
    behind = bedrock._validate_resource_arn_for_tags

    def validate(arn: str) -> Response | None:
        known = jobs.exists(arn) or deployments.exists(arn) or throughputs.exists(arn) or arn in bedrock._custom_models
        if known:
            return None
        if TAGGED.search(arn):
            return refusal(BedrockError("ResourceNotFoundException", f"Resource {arn} not found"))
        response: Response | None = behind(arn)
        return response

    bedrock._validate_resource_arn_for_tags = validate
