"""Hyperparameters: every fault is named at once; what passes is what the API takes, with the known defaults."""

import pytest

from model_catalog import catalog

MICRO_TRAINED = "amazon.nova-micro-v1:0:128k"
LLAMA_8B = "meta.llama3-1-8b-instruct-v1:0:128k"
LLAMA_70B = "meta.llama3-3-70b-instruct-v1:0:128k"
HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"


@pytest.mark.parametrize(
    ("identifier", "values", "message"),
    [
        (MICRO_TRAINED, {"epochCount": 30}, f"epochCount must be 1 to 5 for {MICRO_TRAINED}, got 30; change it"),
        (MICRO_TRAINED, {"epochCount": 0}, "epochCount must be 1 to 5"),
        (MICRO_TRAINED, {"epochCount": 1.5}, "epochCount must be a whole number, got 1.5"),
        (MICRO_TRAINED, {"epochCount": "two"}, "epochCount must be 1 to 5"),
        (MICRO_TRAINED, {"learningRate": 1e-3}, "learningRate must be 1e-06 to 0.0001"),
        (MICRO_TRAINED, {"learningRate": float("nan")}, "learningRate must be 1e-06 to 0.0001"),
        (MICRO_TRAINED, {"learningRateWarmupSteps": 21}, "learningRateWarmupSteps must be 0 to 20"),
        (MICRO_TRAINED, {"batchSize": 1}, "batchSize is not a hyperparameter"),
        (LLAMA_8B, {"batchSize": 2}, "batchSize must be 1 to 1"),
        (LLAMA_8B, {"epochCount": 11}, "epochCount must be 1 to 10"),
        (HAIKU, {}, f"{HAIKU} cannot be customized; use one of"),
    ],
)
def test_a_hyperparameter_out_of_bounds_is_refused(
    identifier: str, values: dict[str, int | float | str], message: str
) -> None:
    with pytest.raises(catalog.CatalogError) as caught:
        catalog.check_hyperparameters(identifier, values)

    assert message in str(caught.value)


def test_all_faulty_hyperparameters_are_named_at_once() -> None:
    with pytest.raises(catalog.CatalogError) as caught:
        catalog.check_hyperparameters(MICRO_TRAINED, {"epochs": 2, "epochCount": 9, "learningRate": 1})

    assert [line.split(" ", 1)[0] for line in str(caught.value).splitlines()] == [
        "epochs",
        "epochCount",
        "learningRate",
    ]


def test_reinforcement_fine_tuning_has_hyperparameters_of_its_own_and_sends_no_default_nobody_knows() -> None:
    base = "amazon.nova-2-lite-v1:0:256k"
    checked = catalog.check_hyperparameters(base, {"reasoningEffort": "low"}, "REINFORCEMENT_FINE_TUNING")

    assert checked == {"reasoningEffort": "low", "trainingSamplePerPrompt": "4"}
    with pytest.raises(catalog.CatalogError, match=r"reasoningEffort must be one of low, medium, high .*, got huge"):
        catalog.check_hyperparameters(base, {"reasoningEffort": "huge"}, "REINFORCEMENT_FINE_TUNING")


def test_hyperparameters_are_strings_with_the_defaults_added() -> None:
    assert catalog.check_hyperparameters(MICRO_TRAINED, {"epochCount": 3}) == {
        "epochCount": "3",
        "learningRate": "0.00001",
        "learningRateWarmupSteps": "10",
    }
    assert catalog.check_hyperparameters(LLAMA_70B, {"learningRate": "0.0002"})["learningRate"] == "0.0002"
