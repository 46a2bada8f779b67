"""Custom transformations: the Lambda function that Bedrock calls with the chunks of a document.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-custom-transformation.html: chunks are files in the intermediate
bucket, which the function reads and writes; metadata of a chunk takes precedence over that of its file. AWS documents
neither the names of the files nor the texts of failures.
"""

import json
from typing import Any
from urllib.parse import quote

from ministack import app
from ministack.services import s3

from local_aws.extension.bedrock.service_roles import bucket_and_key, role_allows, role_allows_on
from local_aws.extension.knowledge_bases.chunks import Chunk

CHUNKS_OF_A_FILE = 100


def transformed(
    source: dict[str, Any], role: str, job: dict[str, Any], chunks: list[Chunk], metadata: dict[str, Any]
) -> list[Chunk]:
    """`chunks` of one document as the data source's function returns them. Raises ValueError."""
    ingestion = source.get("VectorIngestionConfiguration") or {}
    configuration = ingestion.get("customTransformationConfiguration")
    if not configuration:
        return chunks
    (step,) = configuration["transformations"]
    function = step["transformationFunction"]["transformationLambdaConfiguration"]["lambdaArn"]
    bucket, prefix = bucket_and_key(configuration["intermediateStorage"]["s3Location"]["uri"])
    uri = chunks[0]["uri"]
    event = _event(job, bucket, chunks[0], metadata)
    event["inputFiles"][0]["contentBatches"] = _write(
        role, bucket, f"{prefix}{_folder(job)}{quote(uri, safe='')}", chunks
    )
    _require(role_allows_on(role, "lambda:InvokeFunction", function), role, "lambda:InvokeFunction", function)
    answer = _invoke(function, event)
    contents = [content for key in _keys(function, answer) for content in _read(role, bucket, key)]
    return [_chunk(function, content, chunks, position) for position, content in enumerate(contents)]


def _folder(job: dict[str, Any]) -> str:
    return f"aws/bedrock/knowledge_bases/{job['knowledge_base']}/{job['data_source']}/{job['id']}/"


def _event(job: dict[str, Any], bucket: str, chunk: Chunk, metadata: dict[str, Any]) -> dict[str, Any]:
    """AWS documents the location of a document in S3 only."""
    kind = chunk.get("kind", "S3")
    place = {"s3_location": {"uri": chunk["uri"]}} if kind == "S3" else {}
    file = {"originalFileLocation": {"type": kind, **place}, "fileMetadata": metadata}
    return {
        "version": "1.0",
        "knowledgeBaseId": job["knowledge_base"],
        "dataSourceId": job["data_source"],
        "ingestionJobId": job["id"],
        "bucketName": bucket,
        "priorTask": "CHUNKING",
        "inputFiles": [file],
    }


def _write(role: str, bucket: str, name: str, chunks: list[Chunk]) -> list[dict[str, str]]:
    batches = []
    for number, begin in enumerate(range(0, len(chunks), CHUNKS_OF_A_FILE), start=1):
        key = f"{name}_{number}.JSON"
        _require(role_allows(role, "s3:PutObject", f"s3://{bucket}/{key}"), role, "s3:PutObject", f"{bucket}/{key}")
        part = chunks[begin : begin + CHUNKS_OF_A_FILE]
        contents = [{"contentBody": chunk["text"], "contentType": "TEXT", "contentMetadata": {}} for chunk in part]
        status, _, body = s3._put_object(bucket, key, json.dumps({"fileContents": contents}).encode(), {})
        if status >= 400:
            raise ValueError(f"the intermediate bucket {bucket} cannot be written: {body!r}")
        batches.append({"key": key})
    return batches


def _invoke(function: str, event: dict[str, Any]) -> Any:
    name, _, version = function.split(":function:", 1)[1].partition(":")
    path = f"/2015-03-31/functions/{quote(name)}/invocations"
    handler, query = app.SERVICE_HANDLERS["lambda"], {"Qualifier": [version]} if version else {}
    status, headers, body = app.call_service_handler_sync(handler, "POST", path, {}, json.dumps(event).encode(), query)
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    if status >= 400 or any(name.lower() == "x-amz-function-error" for name in headers):
        raise ValueError(f"the transformation function {function} failed: {text}")
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"the transformation function {function} must return JSON, got {text[:200]}") from None


def _keys(function: str, answer: Any) -> list[str]:
    try:
        return [str(batch["key"]) for file in answer["outputFiles"] for batch in file["contentBatches"]]
    except (KeyError, TypeError):
        got = json.dumps(answer)[:200]
        raise ValueError(
            f"the transformation function {function} must return outputFiles with contentBatches, got {got}"
        ) from None


def _read(role: str, bucket: str, key: str) -> list[Any]:
    _require(role_allows(role, "s3:GetObject", f"s3://{bucket}/{key}"), role, "s3:GetObject", f"{bucket}/{key}")
    content = s3._get_object_data(bucket, key)
    if content is None:
        raise ValueError(f"the transformation function returned the key {key}, which is not in {bucket}")
    try:
        return list(json.loads(content)["fileContents"])
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{bucket}/{key} must hold JSON with fileContents") from None


def _chunk(function: str, content: Any, before: list[Chunk], position: int) -> Chunk:
    if not isinstance(content, dict) or not isinstance(content.get("contentBody"), str):
        raise ValueError(f"the transformation function {function} must write fileContents with contentBody")
    like = before[min(position, len(before) - 1)]
    return {**like, "text": content["contentBody"], "metadata": content.get("contentMetadata") or {}}


def _require(allowed: bool, role: str, action: str, resource: str) -> None:
    if not allowed:
        raise ValueError(f"the knowledge base's role {role} is not authorized to perform {action} on {resource}")
