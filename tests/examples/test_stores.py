"""The demo of the stores: its deployment has each of them and no fault, its questions name documents, and its table."""

import pytest

from deployment.checks.check_deployment import check_deployment
from deployment.config import load_deployment_config
from deployment.documents import read_documents_folder
from deployment.sections.knowledge_base import StoreName
from examples.stores.demo import EXAMPLE, QUESTIONS
from examples.stores.table import Asked, StoreResult, as_record, percentile, store_table
from kit.knowledge.cases import read_cases

RESULT = StoreResult("s3-vectors", "meaning", [Asked(1.0, 0.004), Asked(0.5, 0.09)], 1.25, "at least 2.50")


def test_the_deployment_has_each_store_with_the_same_documents_and_no_fault() -> None:
    config = load_deployment_config(EXAMPLE)

    check_deployment(config)

    sections = config.built_knowledge_bases.values()
    assert {item.store for item in sections} == set(StoreName.__args__)  # type: ignore[attr-defined]
    assert len({(item.documents, item.embedding_model, item.dimensions, item.chunking) for item in sections}) == 1


def test_each_question_names_documents_of_the_folder() -> None:
    (folder, *_) = {item.documents for item in load_deployment_config(EXAMPLE).built_knowledge_bases.values()}
    assert folder
    names = set(read_documents_folder(folder).documents)

    for case in read_cases(QUESTIONS):
        assert case.documents
        assert set(case.documents) <= names


def test_the_table_has_a_line_for_each_way_to_search() -> None:
    head, line = store_table([RESULT], 3)

    assert head.split("  ")[0] == "STORE"
    assert "RECALL@3" in head
    assert [cell.strip() for cell in line.split("  ") if cell] == [
        *("s3-vectors", "meaning", "0.75", "47 ms", "90 ms", "1.2 s", "at least 2.50"),
    ]
    assert as_record(RESULT)["p99_seconds"] == 0.09


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 50), (99, 99), (100, 100)])
def test_a_percentile_is_one_of_the_values(percent: int, expected: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == expected
