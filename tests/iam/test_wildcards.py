"""docs/security.md lists every wildcard resource of the roles, with the reason."""

import pytest

from tests.iam.wildcards import BEGIN, PAGE, page_with_tables, tables


def test_the_page_lists_every_wildcard() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == page_with_tables(page), "run .venv/bin/python -m tests.iam.wildcards"


def test_the_tables_name_what_a_tag_limits_and_what_has_no_arn() -> None:
    text = tables()

    assert "`aws:ResourceTag/bedrock-kit:deployment`" in text
    assert "`bedrock:RetrieveAndGenerate`" in text


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="once each"):
        page_with_tables(PAGE.read_text(encoding="utf-8").replace(BEGIN, ""))
