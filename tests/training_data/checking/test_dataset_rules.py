"""The table of dataset rules and the model catalog say the same where both say something."""

import pytest

from model_catalog.data_files import by_id
from model_catalog.model import Customization
from training_data.checking.checks import CHECKS
from training_data.checking.dataset_rules import DatasetRules, dataset_rules

CUSTOMIZATIONS = sorted(
    {
        (model.customization_id, method)
        for model in by_id().values()
        for method in model.customizations
        if model.customization_id
    }
)


def both(identifier: str, method: str) -> tuple[DatasetRules, Customization]:
    offered = by_id()[identifier].customizations[method]
    rules = dataset_rules(
        identifier,
        method,
        record_format=offered.record_format,
        min_records=offered.min_records,
        max_records=offered.max_records,
    )
    return rules, offered


def test_there_is_something_to_compare() -> None:
    assert len(CUSTOMIZATIONS) >= 10


@pytest.mark.parametrize(("identifier", "method"), CUSTOMIZATIONS)
def test_rules_agree_with_the_catalog(identifier: str, method: str) -> None:
    rules, offered = both(identifier, method)

    assert rules.known
    assert rules.record_format in CHECKS
    assert (rules.record_format, rules.min_records, rules.max_records) == (
        offered.record_format,
        offered.min_records,
        offered.max_records,
    )
    assert rules.max_tokens == offered.max_tokens
    assert rules.max_validation_records == offered.max_validation_records


@pytest.mark.parametrize(("identifier", "method"), CUSTOMIZATIONS)
def test_media_formats_agree_with_the_catalog(identifier: str, method: str) -> None:
    rules, offered = both(identifier, method)
    media = offered.media or {}

    assert list(rules.images) == media.get("image_formats", [])
    assert list(rules.videos) == media.get("video_formats", [])
