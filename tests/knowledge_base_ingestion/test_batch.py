"""Data sources of a batch: named by deploys and schedules, not by S3's events."""

import json
from typing import Any

import pytest

from knowledge_base_ingestion.handler import messages_by_source


def record(message: str, body: Any) -> dict[str, str]:
    return {"messageId": message, "body": body if isinstance(body, str) else json.dumps(body)}


def test_messages_are_gathered_by_data_source() -> None:
    records = [
        record("a", {"source": "deploy", "dataSourceId": "ONE"}),
        record("b", {"source": "aws.s3", "detail": {}}),
        record("c", {"source": "schedule", "dataSourceId": "ONE"}),
    ]

    assert messages_by_source(records, "OWN") == {"ONE": ["a", "c"], "OWN": ["b"]}


@pytest.mark.parametrize("body", ["", "no JSON", "[]", {"source": "deploy"}, {"source": "deploy", "dataSourceId": 1}])
def test_any_other_message_is_of_the_own_documents(body: Any) -> None:
    assert messages_by_source([record("a", body)], "OWN") == {"OWN": ["a"]}
