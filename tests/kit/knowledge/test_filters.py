"""`--filter`: a key and a value, or a RetrievalFilter; what AWS would refuse is refused before the call."""

from types import SimpleNamespace
from typing import Any

import pytest

from kit.knowledge.abilities import check_filter
from kit.knowledge.filters import filter_from
from kit_contract.errors import InputError
from tests.kit.knowledge.conftest import Knowledge
from tests.local_aws.knowledge_base import KnowledgeBase

QUESTION = "How often do I have to remove limescale?"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], None),
        (["language=en"], {"equals": {"key": "language", "value": "en"}}),
        (["year=2026"], {"equals": {"key": "year", "value": 2026}}),
        (['year="2026"'], {"equals": {"key": "year", "value": "2026"}}),
        (["open=true"], {"equals": {"key": "open", "value": True}}),
        (["topic = orders"], {"equals": {"key": "topic", "value": "orders"}}),  # as make up prints it
        (["formula=a=b"], {"equals": {"key": "formula", "value": "a=b"}}),
        (
            ["a=x", '{"in": {"key": "b", "value": ["y"]}}'],
            {
                "andAll": [
                    {"equals": {"key": "a", "value": "x"}},
                    {"in": {"key": "b", "value": ["y"]}},
                ]
            },
        ),
    ],
)
def test_a_filter_is_a_key_and_a_value_or_bedrocks_own(given: list[str], wanted: Any) -> None:
    assert filter_from(given) == wanted


@pytest.mark.parametrize("given", ["language", "=en", "year!=2026", "year >= 2026", "{", '{"in": {}, "equals": {}}'])
def test_a_filter_that_is_neither_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="--filter"):
        filter_from([given])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('{"equal": {"key": "a", "value": 1}}', "--filter.equal is not an operator; use one of equals, notEquals"),
        ('{"equals": {"a": 1}}', '--filter.equals must be an object with the fields "key" and "value" only, got {"a"'),
        ("year=[1]", None),
        (
            '{"greaterThan": {"key": "year", "value": "2026"}}',
            '--filter.greaterThan.value must be a number, got "2026"',
        ),
        ('{"in": {"key": "a", "value": []}}', "--filter.in.value must be a list of 1 to 1000"),
        ('{"andAll": [{"equals": {"key": "a", "value": 1}}]}', "--filter.andAll must be a list of at least 2 filters"),
        ("k" * 101 + "=1", "--filter.equals.key must be a string of 1 to 100 characters"),
        ('{"startsWith": {"key": "a", "value": "x"}}', "the store of documents (VECTOR) has no startsWith; use one of"),
    ],
)
def test_what_bedrock_would_refuse_is_refused_before_the_call(
    knowledge: Knowledge, base: KnowledgeBase, given: str, said: str | None
) -> None:
    code, _, error = knowledge("ask", QUESTION, "--passages-only", "--filter", given, documents=base.id)

    assert (code, "Exception" in error) == (2 if said else 0, False)
    assert (said or "") in error


def test_a_store_without_prefixes_or_substrings_says_what_it_has() -> None:
    base: Any = SimpleNamespace(name="documents")

    def of(store: str, operator: str) -> str:
        description: Any = SimpleNamespace(store=store)
        try:
            check_filter(base, description, {"orAll": [{operator: {"key": "a", "value": "x"}}] * 2})
        except InputError as error:
            return str(error)
        return ""

    assert "(S3_VECTORS) has no stringContains" in of("S3_VECTORS", "stringContains")
    assert "(RDS) has no startsWith; use one of" in of("RDS", "startsWith")
    assert "stringContains, andAll, orAll" in of("RDS", "startsWith")
    assert of("RDS", "stringContains") == of("OPENSEARCH_SERVERLESS", "startsWith") == of("MANAGED", "equals") == ""
