"""Custom transformations: the function gets chunks as files, and what it writes is embedded."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.functions import create_function
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import make_role

EXAMPLE = Path(__file__).resolve().parents[4] / "examples" / "transformations" / "document_titles.py"
PAGE = b"# Descaling\n" + b"Rinse it twice with water. " * 60
RIGHTS = ["s3:GetObject", "s3:PutObject", "lambda:InvokeFunction"]
# Name of a document -> what the function does instead, and what the ingestion says.
BROKEN = {
    "raises": ("raise ValueError('why ' * 200 + 'no title')", "failed: .*why no title"),
    "talks": ("raise ValueError('why ' * 1_000)", "failed: .*why .{1800}"),
    "nothing": ("return None", "must return outputFiles with contentBatches, got null"),
    "elsewhere": (
        "return {'outputFiles': [{'contentBatches': [{'key': 'none'}]}]}",
        "returned the key none, which is not in intermediate",
    ),
    "broken": (
        "import boto3; boto3.client('s3').put_object(Bucket=event['bucketName'], Key='x', Body=b'[]'); "
        "return {'outputFiles': [{'contentBatches': [{'key': 'x'}]}]}",
        "intermediate/x must hold JSON with fileContents",
    ),
}


def code() -> str:
    cases = "\n".join(f"    if '/{name}.md' in str(event):\n        {body}" for name, (body, _) in BROKEN.items())
    wrapper = f"\n\ndef handle(event, context):\n{cases}\n    return lambda_handler(event, context)\n"
    return EXAMPLE.read_text(encoding="utf-8") + wrapper


@pytest.fixture(scope="module")
def chunks(client: Client) -> str:
    client("s3").create_bucket(Bucket="intermediate")
    return "intermediate"


def configuration(bucket: str, function: str) -> dict[str, Any]:
    step = {"transformationFunction": {"transformationLambdaConfiguration": {"lambdaArn": function}}}
    custom = {
        "intermediateStorage": {"s3Location": {"uri": f"s3://{bucket}/chunks/"}},
        "transformations": [{**step, "stepToApply": "POST_CHUNKING"}],
    }
    fixed = {"maxTokens": 50, "overlapPercentage": 10}
    chunking = {"chunkingStrategy": "FIXED_SIZE", "fixedSizeChunkingConfiguration": fixed}
    return {"chunkingConfiguration": chunking, "customTransformationConfiguration": custom}


def test_what_the_function_writes_is_embedded_and_its_failures_are_the_documents(client: Client, chunks: str) -> None:
    role = make_role(client, "transforming", RIGHTS, "*")
    function = create_function(client, "titles", "python3.13", "index.py", code())
    base = KnowledgeBase(client, "titled-bucket", role, ingestion=configuration(chunks, function))
    for name in BROKEN:
        base.put(f"{name}.md", PAGE)
    base.put("page.md", PAGE)
    base.put("page.md.metadata.json", b'{"metadataAttributes": {"title": "of the file", "year": 2026}}')

    job = base.ingest()

    assert job["statistics"]["numberOfNewDocumentsIndexed"] == 1
    found = base.retrieve("descaling", numberOfResults=100)
    assert len(found) > 5
    assert all("Descaling" in passage["content"]["text"] for passage in found)
    assert {(passage["metadata"]["title"], passage["metadata"]["year"]) for passage in found} == {("Descaling", 2026)}
    assert len(base.retrieve("descaling", filter={"equals": {"key": "title", "value": "Descaling"}})) == 5
    keys = [item["Key"] for item in client("s3").list_objects_v2(Bucket=chunks, Prefix="chunks/")["Contents"]]
    assert all(f"/{base.id}/{base.source}/{job['ingestionJobId']}/" in key for key in keys)
    for name, (_, said) in BROKEN.items():
        (reason,) = [reason for reason in job["failureReasons"] if f"/{name}.md: " in reason]
        assert re.search(said, reason), name
        assert len(reason) <= 2048  # Bedrock's FailureReason


@pytest.mark.parametrize("missing", RIGHTS[1:])
def test_a_role_without_a_right_fails_the_document(client: Client, chunks: str, missing: str) -> None:
    name = missing.replace(":", "-").lower()
    role = make_role(client, name, [right for right in RIGHTS if right != missing], "*")
    function = "arn:aws:lambda:us-east-1:000000000000:function:absent"
    base = KnowledgeBase(client, f"{name}-bucket", role, ingestion=configuration(chunks, function))
    base.put("page.md", PAGE)

    (reason,) = base.ingest()["failureReasons"]

    assert f"is not authorized to perform {missing} on " in reason
