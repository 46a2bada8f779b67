"""Every entry of models.json is complete, sourced and free of contradictions."""

import re
import subprocess
import sys

import pytest

from model_catalog.entries import Model, by_id, retired
from training_data.records import RECORD_FORMATS

MODELS = sorted(set(model.inference_id for model in by_id().values()))
DATE = re.compile(r"^\d{4}-\d{2}(-\d{2})?$|^\d{4}$")


def of(inference_id: str) -> Model:
    return by_id()[inference_id]


@pytest.mark.parametrize("inference_id", MODELS)
def test_an_entry_names_its_source_and_date(inference_id: str) -> None:
    model = of(inference_id)

    assert model.source
    assert DATE.match(model.date)


@pytest.mark.parametrize("inference_id", MODELS)
def test_a_model_can_be_invoked_somehow(inference_id: str) -> None:
    assert of(inference_id).on_demand_regions or of(inference_id).profiles


@pytest.mark.parametrize("inference_id", MODELS)
def test_a_base_model_can_be_trained_and_then_served(inference_id: str) -> None:
    model = of(inference_id)
    if model.customization is None:
        return

    assert model.customization_id
    assert model.customization_id.startswith(f"{model.inference_id}:")
    assert model.customization.record_format in RECORD_FORMATS
    assert model.customization.min_records < model.customization.max_records
    assert model.serving.on_demand or model.serving.provisioned
    for name, spec in model.customization.hyperparameters.items():
        assert spec.kind in ("int", "float"), name
        assert spec.min <= spec.default <= spec.max, name


def test_nothing_is_both_offered_and_retired() -> None:
    assert not set(retired()) & set(by_id())


def test_a_replacement_is_a_model_that_is_offered() -> None:
    for entry in retired().values():
        assert entry.replacement is None or entry.replacement in by_id(), entry.id


def test_the_catalog_is_not_read_at_import() -> None:
    code = "import model_catalog.catalog, model_catalog.entries as e; print(e._data.cache_info().currsize)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"
