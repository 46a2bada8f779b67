"""The example of a transformation: titles, files without a heading, several batches."""

import io
import json
from typing import Any

from examples.transformations.document_titles import lambda_handler


class Bucket:
    """An S3 client with one bucket."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self.objects = objects

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        assert Bucket == "chunks"
        return {"Body": io.BytesIO(json.dumps({"fileContents": self.objects[Key]}).encode())}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:
        assert Bucket == "chunks"
        self.objects[Key] = json.loads(Body)["fileContents"]


def chunk(body: str, **metadata: str) -> dict[str, Any]:
    return {"contentBody": body, "contentType": "TEXT", "contentMetadata": metadata}


def transformed(uri: str, *batches: list[dict[str, Any]]) -> tuple[list[Any], dict[str, Any]]:
    """(the chunks afterwards, the file in the answer)"""
    bucket = Bucket({f"in/{number}": list(batch) for number, batch in enumerate(batches)})
    file = {
        "originalFileLocation": {"type": "S3", "s3_location": {"uri": uri}},
        "fileMetadata": {"year": 2026},
        "contentBatches": [{"key": key} for key in bucket.objects],
    }
    event = {"version": "1.0", "bucketName": "chunks", "inputFiles": [file]}
    (answer,) = lambda_handler(event, None, bucket)["outputFiles"]
    return [bucket.objects[batch["key"]] for batch in answer["contentBatches"]], answer


def test_the_first_heading_is_the_title_of_the_chunks_of_all_batches() -> None:
    chunks, answer = transformed(
        "s3://b/a.md", [chunk("# Descaling\nOften."), chunk("Rinse.", page="1")], [chunk("Dry.")]
    )

    assert [[item["contentBody"] for item in batch] for batch in chunks] == [
        ["# Descaling\nOften.", "Descaling\n\nRinse."],
        ["Descaling\n\nDry."],
    ]
    assert chunks[0][1]["contentMetadata"] == {"page": "1", "title": "Descaling"}
    assert chunks[0][1]["contentType"] == "TEXT"
    assert (answer["fileMetadata"], answer["originalFileLocation"]["type"]) == ({"year": 2026}, "S3")


def test_a_file_without_a_heading_is_called_by_its_name() -> None:
    ((first,), *_), _ = transformed("s3://b/folder/spare%20parts_2026-01.pdf", [chunk("Seals cost 9 euros.")])

    assert first["contentBody"] == "spare parts 2026 01\n\nSeals cost 9 euros."


def test_a_file_without_chunks_stays_empty() -> None:
    assert transformed("s3://b/a.md", [])[0] == [[]]
