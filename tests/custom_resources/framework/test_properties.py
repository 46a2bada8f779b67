"""Every malformed property is named, with its value and the rule."""

import pytest

from custom_resources.framework.properties import Properties
from kit_contract.errors import ResourceFailedError


@pytest.mark.parametrize("value", [None, "", "x", "0", "1.5"])
def test_integer_refuses_what_is_no_whole_number_of_the_minimum(value: object) -> None:
    with pytest.raises(ResourceFailedError, match="property ModelUnits must be a whole number of 1 or more, got"):
        Properties({"ModelUnits": value}).integer("ModelUnits", minimum=1)


def test_wrong_types_are_refused() -> None:
    properties = Properties({"A": ["x"], "B": "maybe", "C": "text", "D": {"k": ["v"]}})

    for read in (properties.text, properties.optional_text):
        with pytest.raises(ResourceFailedError, match="property A must be a"):
            read("A")
    with pytest.raises(ResourceFailedError, match="property B must be true or false, got 'maybe'"):
        properties.boolean("B")
    with pytest.raises(ResourceFailedError, match="property C must be a list of non-empty strings"):
        properties.texts("C")
    with pytest.raises(ResourceFailedError, match="property D must be a map of strings"):
        properties.text_map("D")


def test_cloudformations_texts_become_values() -> None:
    properties = Properties({"Units": "2", "Revoke": "true", "Alias": "", "Models": ["a"], "Form": {"k": "v"}})

    assert properties.integer("Units", minimum=1) == 2
    assert properties.boolean("Revoke")
    assert not properties.boolean("Absent")
    assert properties.optional_text("Alias") is None
    assert properties.texts("Models") == ["a"]
    assert properties.text_map("Form") == {"k": "v"}
    assert properties.text_map("Absent") is None
