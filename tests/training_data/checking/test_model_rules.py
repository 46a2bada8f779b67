"""Every base model and method of the catalog has rules, and its limits survive the run specification."""

import json

import pytest

from kit_contract.dataset_limits import DatasetLimits
from model_catalog.data_files import by_id
from training_data.checking.model_rules import METHODS, model_rules
from training_data.checking.record_rules import RECORD_RULES

CUSTOMIZATIONS = sorted(
    {
        (model.customization_id, method)
        for model in by_id().values()
        for method in model.customizations
        if model.customization_id
    }
)


def limits_of(identifier: str, method: str) -> DatasetLimits:
    return by_id()[identifier].customizations[method].limits


def test_the_catalog_has_customizations_of_every_method() -> None:
    assert len(CUSTOMIZATIONS) >= 10
    assert {method for _, method in CUSTOMIZATIONS} == set(METHODS)


@pytest.mark.parametrize(("identifier", "method"), CUSTOMIZATIONS)
def test_every_customization_has_rules(identifier: str, method: str) -> None:
    rules = model_rules(identifier, method, limits_of(identifier, method))

    assert rules.known
    assert rules.limits.record_format in RECORD_RULES


@pytest.mark.parametrize(("identifier", "method"), CUSTOMIZATIONS)
def test_limits_survive_the_run_specification(identifier: str, method: str) -> None:
    limits = limits_of(identifier, method)
    specification = {"base_model": identifier, **limits.to_json()}

    assert DatasetLimits.from_json(json.loads(json.dumps(specification))) == limits


def test_a_specification_without_the_later_limits_leaves_them_unknown() -> None:
    specification = {"record_format": "converse", "min_records": 8, "max_records": 20_000}

    assert DatasetLimits.from_json(specification) == DatasetLimits("converse", 8, 20_000)


@pytest.mark.parametrize(
    ("identifier", "method", "limit"),
    [
        ("amazon.nova-micro-v1:0:128k", "FINE_TUNING", {"max_tokens": 32_000, "image_formats": ()}),
        ("amazon.nova-lite-v1:0:300k", "FINE_TUNING", {"image_formats": ("png", "jpeg", "gif", "webp")}),
        ("meta.llama3-3-70b-instruct-v1:0:128k", "FINE_TUNING", {"max_tokens": 16_000, "max_validation_records": 1000}),
        ("amazon.titan-embed-image-v1:0", "FINE_TUNING", {"max_validation_records": 0, "max_tokens": None}),
        ("amazon.nova-micro-v1:0:128k", "DISTILLATION", {"max_bytes": 1 << 30, "max_records": 15_000}),
    ],
)
def test_limits_of_the_guides_are_in_the_catalog(identifier: str, method: str, limit: dict[str, object]) -> None:
    limits = limits_of(identifier, method)

    assert {name: getattr(limits, name) for name in limit} == limit
