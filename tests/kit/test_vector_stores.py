"""A table of Aurora that was dropped: the last ingestion tells, and PostgreSQL is not asked, which would resume it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kit.vector_stores import look_at_store

PARAMETER = "/bedrock-kit/sup/knowledge-base/library/last-ingestion"
STORAGE = {"rdsConfiguration": {"resourceArn": "arn:cluster", "tableName": "bedrock_integration.passages_now"}}


class Aws:
    """Stands for rds and ssm. `reasons`: of the last ingestion; None before the first."""

    def __init__(self, reasons: list[str] | None) -> None:
        self._reasons = reasons

    def describe_db_clusters(self, **given: str) -> None:
        assert given == {"DBClusterIdentifier": "arn:cluster"}

    def get_parameter(self, **given: str) -> dict[str, Any]:
        assert given == {"Name": PARAMETER}
        if self._reasons is None:
            raise ClientError({"Error": {"Code": "ParameterNotFound", "Message": "none"}}, "GetParameter")
        return {"Parameter": {"Value": json.dumps({"failure_reasons": self._reasons})}}


def test_a_missing_table_is_gone_with_a_word_on_what_stays() -> None:
    aws = Aws(['ERROR: relation "bedrock_integration.passages_now" does not exist'])

    with pytest.raises(ClientError, match="its storage is billed until you delete it") as raised:
        look_at_store(lambda _: aws, STORAGE, PARAMETER)

    assert raised.value.response["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "reasons",
    [['ERROR: relation "bedrock_integration.passages_before" does not exist'], ["Access denied"], [], None],
)
def test_another_failure_or_none_is_no_missing_table(reasons: list[str] | None) -> None:
    aws = Aws(reasons)  # a table that was made again has another name

    look_at_store(lambda _: aws, STORAGE, PARAMETER)
