"""A transformation of chunks: each chunk begins with its document's title, and has it as metadata, "title".

A chunk from the middle of a page seldom says what the page is about. With the title, a search for "descaling" finds all
chunks of the page on descaling. The formats of events and files are those of
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-custom-transformation.html
"""

import json
import re
from typing import Any
from urllib.parse import unquote

HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
MOST_CHARACTERS = 200  # metadata of S3 Vectors that can be filtered by is at most 2 KB


def lambda_handler(event: dict[str, Any], _: Any, client: Any = None) -> dict[str, Any]:
    import boto3

    bucket, s3 = event["bucketName"], client or boto3.client("s3")
    return {"outputFiles": [_with_title(s3, bucket, file) for file in event["inputFiles"]]}


def _with_title(s3: Any, bucket: str, file: dict[str, Any]) -> dict[str, Any]:
    title, batches = "", []
    for batch in file["contentBatches"]:
        chunks = json.loads(s3.get_object(Bucket=bucket, Key=batch["key"])["Body"].read())["fileContents"]
        title = title or _title(file, chunks)
        key = f"{batch['key']}.titled.json"
        written = {"fileContents": [_titled(chunk, title) for chunk in chunks]}
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(written).encode())
        batches.append({"key": key})
    return {**file, "contentBatches": batches}


def _title(file: dict[str, Any], chunks: list[dict[str, Any]]) -> str:
    """The document's first heading, or its file name in words; AWS documents the place of files in S3 only."""
    heading = HEADING.search(chunks[0]["contentBody"]) if chunks else None
    if heading:
        return heading[1].strip()[:MOST_CHARACTERS]
    name = unquote(file["originalFileLocation"].get("s3_location", {}).get("uri", "")).rsplit("/", 1)[-1]
    return re.sub(r"[-_.]+", " ", name.rsplit(".", 1)[0])[:MOST_CHARACTERS]


def _titled(chunk: dict[str, Any], title: str) -> dict[str, Any]:
    body = chunk["contentBody"]
    first = body.lstrip("# ").startswith(title)
    return {
        **chunk,
        "contentBody": body if first else f"{title}\n\n{body}",
        "contentMetadata": {**(chunk.get("contentMetadata") or {}), "title": title},
    }
