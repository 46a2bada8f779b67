"""Texts with variables: which they have, and what stands in their place."""

import pytest

from kit_contract.prompts import filled, variables_in, version_of

TEXT = "You work for {{company}}, and answer in {{ reply-language }}. {{company}} sells machines. {not} { {x}}"


def test_the_variables_of_a_text_each_once() -> None:
    assert variables_in(TEXT) == ["company", "reply-language"]


def test_a_value_with_braces_is_text() -> None:
    values = {"company": "{{reply-language}} \\1", "reply-language": "Danish"}

    assert filled(TEXT, values) == (
        "You work for {{reply-language}} \\1, and answer in Danish. {{reply-language}} \\1 sells machines. {not} { {x}}"
    )


def test_a_missing_value_is_named() -> None:
    with pytest.raises(KeyError, match="reply-language"):
        filled(TEXT, {"company": "x"})


def test_another_content_has_another_version() -> None:
    one, same, other = (version_of({"text": text, "model": None}) for text in ("a", "a", "b"))

    assert one == same != other
    assert len(one) == 12
