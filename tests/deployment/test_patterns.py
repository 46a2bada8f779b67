"""Where the words of a setting name a length, it has that length: hyphens count, too."""

import re
from itertools import product
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from deployment.sections.section import NAME, PATTERN_IN_WORDS, Name

LENGTHS = re.compile(r"\D*?((?P<least>\d+) to |(?P<any>up to )|)(?P<most>\d+) (\w+ )?(letters|digits)(?!.*, or )")
SAID = {pattern: found for pattern, words in PATTERN_IN_WORDS.items() if (found := LENGTHS.match(words))}


def accepted(pattern: str, length: int) -> bool:
    """Whether the setting takes one of some texts of this length."""
    adapter: TypeAdapter[str] = TypeAdapter(Name if pattern == NAME else Annotated[str, Field(pattern=pattern)])
    for start, rest in product(("", "a"), ("a", "0", "A", "a-")):
        try:
            adapter.validate_python(f"{start}{rest * length}"[:length])
        except ValidationError:
            continue
        return True
    return False


@pytest.mark.parametrize("pattern", SAID)
def test_the_words_of_a_pattern_name_the_length_that_it_has(pattern: str) -> None:
    said = SAID[pattern]
    most = int(said["most"])
    least = 1 if said["any"] else int(said["least"] or most)

    assert [accepted(pattern, length) for length in (least - 1, least, most, most + 1)] == [False, True, True, False]


def test_some_words_name_a_length() -> None:
    assert len(SAID) == 5


@pytest.mark.parametrize("name", ["ab\n", "a" * 31 + "\n", "-ab", "ab-", "a--b", "a", "Ab", "1a", "a b"])
def test_a_name_is_nothing_else(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)
