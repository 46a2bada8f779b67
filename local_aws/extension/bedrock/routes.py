"""Routes requests to the operations of this package; ministack answers all others."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.services import bedrock, bedrock_runtime

from local_aws.extension.bedrock import custom_model_deployments as deployments
from local_aws.extension.bedrock import (
    custom_models,
    elsewhere,
    guardrails,
    invocation,
    invoke_model,
    model_access,
    model_copies,
    prompts,
    registered_models,
)
from local_aws.extension.bedrock import provisioned_throughput as throughputs
from local_aws.extension.bedrock.client_tokens import once
from local_aws.extension.bedrock.customization import jobs
from local_aws.extension.bedrock.error_codes import ABSENT, refused, throttled
from local_aws.extension.bedrock.evaluation import jobs as evaluations
from local_aws.extension.bedrock.event_pace import paced
from local_aws.extension.bedrock.invocation_logging import calls, configuration
from local_aws.extension.bedrock.model_import import imported_models
from local_aws.extension.bedrock.model_import import jobs as import_jobs
from local_aws.extension.bedrock.responses import BedrockError, Response
from local_aws.extension.bedrock.token_counts import count_tokens
from local_aws.extension.knowledge_bases import (
    direct_documents,
    document_statuses,
    ingestion_jobs,
    rerank,
    retrieval,
    retrieve_and_generate,
)

Handler = Callable[..., Response]
Route = tuple[str, str, Handler]

JOBS, EVALUATIONS = "/model-customization-jobs", "/evaluation-jobs"
LOGGING = "/logging/modelinvocations"
MODELS = "/custom-models"
COPIES = "/model-copy-jobs"
DEPLOYMENTS = "/model-customization/custom-model-deployments"
IMPORTS, IMPORTED = "/model-import-jobs", "/imported-models"
THROUGHPUT = "/provisioned-model-throughput"
INGESTION = "/knowledgebases/([^/]+)/datasources/([^/]+)/ingestionjobs"
DOCUMENTS = "/knowledgebases/([^/]+)/datasources/([^/]+)/documents"
TAGGED = re.compile(
    r":(evaluation-job|model-customization-job|model-import-job|custom-model|custom-model-deployment|imported-model|"
    r"provisioned-model)/"
)


def _delete_model(_: dict[str, Any], identifier: str) -> Response:
    model = custom_models.find(identifier)["modelArn"]
    return custom_models.delete(
        model, [*deployments.STORE.names_serving(model), *throughputs.STORE.names_serving(model)]
    )


CONTROL: tuple[Route, ...] = (
    ("GET", "/foundation-models", model_access.list_models),
    ("GET", "/foundation-models/(.+)", model_access.get_model),
    ("GET", "/foundation-model-availability/(.+)", model_access.availability),
    ("GET", "/list-foundation-model-agreement-offers/(.+)", model_access.list_offers),
    ("POST", "/create-foundation-model-agreement", model_access.create_agreement),
    ("POST", "/delete-foundation-model-agreement", model_access.delete_agreement),
    ("GET", "/use-case-for-model-access", model_access.get_use_case),
    ("POST", "/use-case-for-model-access", model_access.put_use_case),
    ("GET", LOGGING, configuration.get),
    ("PUT", LOGGING, configuration.put),
    ("DELETE", LOGGING, configuration.delete),
    ("POST", JOBS, lambda body: once("CreateModelCustomizationJob", body, jobs.create)),
    ("GET", JOBS, jobs.list_jobs),
    ("POST", f"{JOBS}/(.+)/stop", jobs.stop),
    ("GET", f"{JOBS}/(.+)", jobs.get),
    ("POST", EVALUATIONS, lambda body: once("CreateEvaluationJob", body, evaluations.create)),
    ("GET", EVALUATIONS, evaluations.list_jobs),
    ("POST", f"{EVALUATIONS}/batch-delete", evaluations.batch_delete),
    ("GET", f"{EVALUATIONS}/(.+)", evaluations.get),
    ("POST", "/evaluation-job/(.+)/stop", evaluations.stop),
    ("POST", COPIES, lambda body: once("CreateModelCopyJob", body, model_copies.create)),
    ("GET", COPIES, model_copies.list_jobs),
    ("GET", f"{COPIES}/(.+)", model_copies.get),
    (
        "POST",
        f"{MODELS}/create-custom-model",
        lambda body: once("CreateCustomModel", body, registered_models.create),
    ),
    ("GET", MODELS, custom_models.list_models),
    ("GET", f"{MODELS}/(.+)", custom_models.get),
    ("DELETE", f"{MODELS}/(.+)", _delete_model),
    ("POST", IMPORTS, lambda body: once("CreateModelImportJob", body, import_jobs.create)),
    ("GET", IMPORTS, import_jobs.list_jobs),
    ("GET", f"{IMPORTS}/(.+)", import_jobs.get),
    ("GET", IMPORTED, imported_models.list_models),
    ("GET", f"{IMPORTED}/(.+)", imported_models.get),
    ("DELETE", f"{IMPORTED}/(.+)", imported_models.delete),
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
    ("PUT", f"{INGESTION}/?", ingestion_jobs.start),
    ("POST", f"{INGESTION}/?", ingestion_jobs.list_jobs),
    ("GET", f"{INGESTION}/([^/]+)", ingestion_jobs.get),
    ("POST", f"{INGESTION}/([^/]+)/stop", ingestion_jobs.stop),
    ("POST", f"{DOCUMENTS}/?", document_statuses.list_documents),
    ("PUT", f"{DOCUMENTS}/?", direct_documents.ingest),
    ("POST", f"{DOCUMENTS}/getDocuments/?", direct_documents.get),
    ("POST", f"{DOCUMENTS}/deleteDocuments/?", direct_documents.delete),
    ("DELETE", "/knowledgebases/([^/]+)/datasources/([^/]+)/?", ingestion_jobs.delete_data_source),
    ("DELETE", "/knowledgebases/([^/]+)/?", ingestion_jobs.delete_knowledge_base),
    ("POST", "/prompts/", lambda body: once("CreatePrompt", body, prompts.create)),
    ("GET", "/prompts/", prompts.list_prompts),
    ("GET", "/prompts/([^/]+|.+/[^/]+)/", prompts.get),
    ("PUT", "/prompts/([^/]+|.+/[^/]+)/", prompts.update),
    ("DELETE", "/prompts/([^/]+|.+/[^/]+)/", prompts.delete),
    ("POST", "/prompts/(.+)/versions", prompts.create_version),
)
AGENT_RUNTIME: tuple[Route, ...] = (
    ("POST", "/knowledgebases/([^/]+)/retrieve", retrieval.retrieve),
    ("POST", "/rerank", rerank.rerank),
    ("POST", "/retrieveAndGenerate", retrieve_and_generate.retrieve_and_generate),
    ("POST", "/retrieveAndGenerateStream", retrieve_and_generate.retrieve_and_generate_stream),
)
RUNTIME: tuple[Route, ...] = (("POST", "/model/(.+)/count-tokens", count_tokens),)


def install() -> None:
    """Wrap ministack's handlers of the four Bedrock services."""
    model_access.add_models()
    elsewhere.install()
    guardrails.install()
    _wrap("bedrock", CONTROL)
    _wrap("bedrock-agent", AGENT)
    _wrap("bedrock-agent-runtime", AGENT_RUNTIME, in_thread=True)
    _wrap_runtime()
    _wrap("bedrock-runtime", RUNTIME)
    _extend_tags()


def _wrap(service: str, routes: tuple[Route, ...], *, in_thread: bool = False) -> None:
    """Handle `routes` here. `in_thread` is for operations that wait for another server: the event loop must not."""
    behind = app.SERVICE_HANDLERS[service]
    compiled = [(method, re.compile(pattern), handler) for method, pattern, handler in routes]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        if answer := throttled(service, method, path):
            return answer
        for wanted, pattern, handler in compiled:
            match = pattern.fullmatch(path)
            if match and method == wanted:
                arguments = [unquote(group) for group in match.groups()]
                given = _query(query) if method in ("GET", "DELETE") and not body else body
                try:
                    if in_thread:
                        return await asyncio.to_thread(_run, handler, given, arguments)
                    return _run(handler, given, arguments)
                except BedrockError as error:
                    return refused(service, method, path, error)
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS[service] = handle


def _query(query: Any) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in (query or {}).items()}


def _run(handler: Handler, given: Any, arguments: list[str]) -> Response:
    try:
        parsed = given if isinstance(given, dict) else json.loads(given or b"{}")
    except json.JSONDecodeError as error:
        raise BedrockError("ValidationException", f"The request body is not valid JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise BedrockError("ValidationException", "The request body must be a JSON object")
    return handler(parsed, *arguments)


def _wrap_runtime() -> None:
    behind = app.SERVICE_HANDLERS["bedrock-runtime"]
    bedrock_runtime._mock_reply = invocation.mock_reply

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        try:
            path, body = prompts.rendered(path, body)
            invocation.check(path, body)
            response = await invoke_model.answer(behind, method, path, headers, body, query)
        except BedrockError as error:
            response = refused("bedrock-runtime", method, path, error)
        calls.log(path, headers, body, response)
        if response[0] == 200:
            invocation.count(path)
        return paced(path, response)

    app.SERVICE_HANDLERS["bedrock-runtime"] = handle


def _extend_tags() -> None:
    """Let ministack's tag operations accept the resources of this package."""
    behind = bedrock._validate_resource_arn_for_tags

    def validate(arn: str) -> Response | None:
        known = (
            jobs.exists(arn)
            or evaluations.exists(arn)
            or deployments.STORE.exists(arn)
            or throughputs.STORE.exists(arn)
            or import_jobs.exists(arn)
            or arn in bedrock._custom_models
            or arn in bedrock._imported_models
        )
        if known:
            return None
        if TAGGED.search(arn):
            return refused("bedrock", "POST", "/tagResource", BedrockError(ABSENT, f"Resource {arn} not found"))
        response: Response | None = behind(arn)
        return response

    bedrock._validate_resource_arn_for_tags = validate
