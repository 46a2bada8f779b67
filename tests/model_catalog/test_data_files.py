"""Every entry of the two data files is complete, sourced and free of contradictions; the listing wins over people."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from model_catalog import data_files
from model_catalog.data_files import api_listing, by_id, documented_facts, models, retired
from model_catalog.model import Source
from model_catalog.statements import Statements

MODELS = {model.inference_id: model for model in models()}
DATE = re.compile(r"^\d{4}-\d{2}(-\d{2})?$|^\d{4}$")
PROVIDERS = {
    *("AI21 Labs", "Amazon", "Anthropic", "Cohere", "DeepSeek", "Google", "Luma AI", "Meta", "MiniMax", "Mistral AI"),
    *("Moonshot AI", "NVIDIA", "OpenAI", "Qwen", "Stability AI", "TwelveLabs", "Writer", "Z.AI", "xAI"),
}


def test_every_provider_and_model_of_the_listing_is_there() -> None:
    assert {model.provider for model in models()} == PROVIDERS
    assert set(api_listing()["models"]) - set(by_id()) == {
        identifier
        for identifier, entry in api_listing()["models"].items()
        if set(entry["inference"]) == {"NONE"} and identifier not in MODELS
        if identifier not in {model.customization_id for model in models()}
    }


def test_every_documented_fact_has_a_source_and_a_date() -> None:
    sources = documented_facts()["sources"]
    for source in [*sources.values(), api_listing()]:
        assert source.get("text") or source["source"]
        assert DATE.match(source["date"])
    for identifier, facts in documented_facts()["models"].items():
        for name, fact in facts.items():
            entries = fact.values() if name == "customizations" else [fact]
            others = [claim for entry in entries for claim in entry.get("also", ())]
            assert all(entry["source"] in sources for entry in [*entries, *others]), (identifier, name)
            assert all(claim["value"] != fact["value"] for claim in others), (identifier, name)


@pytest.mark.parametrize("inference_id", sorted(MODELS))
def test_an_entry_makes_sense(inference_id: str) -> None:
    model = MODELS[inference_id]

    assert model.regions
    assert model.name
    assert set(model.input + model.output) <= {"text", "image", "video", "audio", "speech", "embedding"}
    assert model.access in (None, "none", "agreement", "agreement-and-form")
    assert model.lifecycle.status in (None, "ACTIVE", "LEGACY")
    assert model.replacement is None or model.replacement in MODELS
    for date in (model.lifecycle.legacy, model.lifecycle.extended_access, model.lifecycle.end_of_life):
        assert date is None or re.match(r"^\d{4}-\d{2}-\d{2}$", date)


@pytest.mark.parametrize("inference_id", [id_ for id_, model in sorted(MODELS.items()) if model.customizations])
def test_a_base_model_can_be_trained_and_then_served(inference_id: str) -> None:
    model = MODELS[inference_id]

    assert model.customization_id
    mantle = all(item.endpoint == "bedrock-mantle" for item in model.customizations.values())
    assert mantle or model.customization_id.startswith(f"{model.inference_id}:")
    assert model.serving.on_demand or model.serving.provisioned
    for method, customization in model.customizations.items():
        assert customization.method == method
        assert customization.min_records < customization.max_records
        assert all(teacher in MODELS for teacher in customization.teachers)
        for name, spec in customization.hyperparameters.items():
            assert spec.kind in ("int", "float", "choice"), name
            assert spec.default is None or spec.min <= spec.default <= spec.max, name


def test_nothing_is_both_offered_and_retired_everywhere() -> None:
    assert {id_ for id_ in set(retired()) & set(by_id()) if not retired()[id_].regions} == set()


def test_a_replacement_is_a_model_that_is_offered() -> None:
    for entry in retired().values():
        assert entry.replacement is None or entry.replacement in MODELS, entry.id


@pytest.fixture
def _small(tmp_path: Path) -> Iterator[None]:
    def listed(**changes: Any) -> dict[str, Any]:
        entry = {"name": "A", "provider": "P", "input": ["TEXT"], "output": ["TEXT"], "streaming": None}
        return entry | {"status": "ACTIVE", "lifecycle": {}, "inference": {"ON_DEMAND": ["us-east-1"]}} | changes

    offered = {
        "source": "a listing",
        "date": "2026-11-01",
        "models": {
            "p.a": listed(streaming=False, lifecycle={"end_of_life": "2027-01-01"}),
            "p.a:128k": listed(inference={"PROVISIONED": ["us-east-1"]}, customizations={"FINE_TUNING": ["us-west-2"]}),
        },
        "profiles": {"us.p.a": [{"from": ["us-east-2"], "to": ["us-east-1"]}]},
    }
    training = {"regions": ["us-east-1"], "record_format": "converse", "min_records": 1, "max_records": 2}
    training |= {"hyperparameters": {}, "source": "s"}
    methods = ("FINE_TUNING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING")
    facts: dict[str, Any] = {
        "customization_id": {"value": "p.a:128k", "source": "s"},
        "customizations": dict.fromkeys(methods, training),
        "streaming": {"value": True, "source": "s"},
        "tools": {"value": True, "source": "s"},
        "end_of_life": {"value": "2026-12-01", "source": "s"},
        "context_tokens": {"value": 272_000, "source": "s", "also": [{"value": 922_000, "source": "t"}]},
        "input": {"value": ["text"], "source": "s"},
    }
    entered = {
        "sources": {"s": {"text": "a person", "date": "2026-10"}, "t": {"text": "a table", "date": "2026-10"}},
        "models": {"p.a": facts, "p.gone": {"tools": {"value": True, "source": "s"}}},
        "retired": {},
    }
    for name, data in (("api_listing", offered), ("documented_facts", entered)):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    caches = (
        data_files.models,
        data_files.by_id,
        data_files.retired,
        data_files.api_listing,
        data_files.documented_facts,
    )
    offered_file = patch.object(data_files, "API_LISTING", tmp_path / "api_listing.json")
    with offered_file, patch.object(data_files, "DOCUMENTED_FACTS", tmp_path / "documented_facts.json"):
        for cached in caches:
            cached.cache_clear()
        yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("_small")
def test_the_listing_wins_and_people_fill_what_it_leaves_open() -> None:
    model = data_files.by_id()["p.a"]

    assert model.streaming is False
    assert model.lifecycle.end_of_life == "2027-01-01"
    assert model.tools is True
    assert model.sources["tools"].text == "a person"
    assert model.documents is None
    assert model.regions == ("us-east-1", "us-east-2")
    assert data_files.by_id()["p.a:128k"] is model


@pytest.mark.usefixtures("_small")
def test_both_values_are_kept_with_their_sources_where_sources_differ() -> None:
    model = data_files.by_id()["p.a"]

    assert (model.context_tokens, model.sources["context_tokens"].text) == (272_000, "a person")
    assert [(claim.value, claim.source.text) for claim in model.disputed["context_tokens"]] == [(922_000, "a table")]
    assert [(claim.value, claim.source.text) for claim in model.disputed["streaming"]] == [(True, "a person")]
    assert "streaming" not in model.sources  # the listing's value counts
    assert "input" not in model.disputed  # spelled and sorted in another way is the same


@pytest.mark.parametrize(
    ("listed", "dated", "status", "other"),
    [
        ("ACTIVE", "2026-11-02", "LEGACY", "ACTIVE"),  # AWS dates an end only when a model becomes Legacy
        ("ACTIVE", "2026-11", "ACTIVE", None),  # the listing, of 2026-11-01, is newer
        ("LEGACY", "2026-11-02", "LEGACY", None),
        (None, "2026-11-02", "LEGACY", None),
    ],
)
def test_of_a_status_the_newest_source_counts(listed: str | None, dated: str, status: str, other: str | None) -> None:
    fact = {"end_of_life": {"value": "2027-03-30", "source": "s"}}
    said = Statements(
        {"status": listed, "lifecycle": {}} if listed else {},
        fact,
        {"s": Source("a card", dated)},
        Source("a listing", "2026-11-01"),
    )

    assert said.lifecycle().status == status
    assert said.lifecycle().end_of_life == "2027-03-30"
    assert [claim.value for claim in said.disputed().get("status", ())] == ([other] if other else [])


def test_an_end_of_life_that_the_listing_has_itself_does_not_contradict_its_status() -> None:
    listed = {"status": "ACTIVE", "lifecycle": {"end_of_life": "2028-01-01"}}
    facts = {"end_of_life": {"value": "2027-03-30", "source": "s"}}
    said = Statements(listed, facts, {"s": Source("a card", "2026-12")}, Source("a listing", "2026-11-01"))

    assert said.lifecycle().status == "ACTIVE"


@pytest.mark.usefixtures("_small")
def test_the_listing_says_where_a_method_is_offered_and_that_one_is_no_longer() -> None:
    customizations = data_files.by_id()["p.a"].customizations

    assert customizations["FINE_TUNING"].regions == ("us-west-2",)
    assert "DISTILLATION" not in customizations
    assert customizations["REINFORCEMENT_FINE_TUNING"].regions == ("us-east-1",)


@pytest.mark.usefixtures("_small")
def test_a_model_that_left_the_listing_is_retired_but_not_forgotten() -> None:
    assert data_files.retired()["p.gone"].source == "left the API listing"


def test_the_catalog_is_not_read_at_import() -> None:
    code = "import model_catalog.catalog, model_catalog.data_files as e; print(e.api_listing.cache_info().currsize)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"
