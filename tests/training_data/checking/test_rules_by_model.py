"""What each base model asks for beyond the record format, broken one rule at a time."""

import pytest

from kit_contract.dataset_limits import DatasetLimits
from tests.training_data.checking.one_record import (
    LLAMA_33,
    NOVA_2,
    NOVA_LITE,
    NOVA_MICRO,
    check,
    conversation,
    rules_broken,
    rules_of,
)
from training_data.checking.model_rules import model_rules


@pytest.mark.parametrize("word", ["user:", "uSER:", "<Image>", "[eos]", "thought:", "bot:"])
def test_a_reserved_word_in_another_letter_case_is_a_warning(word: str) -> None:
    report = check(conversation(f"The {word} said", "Yes."), rules_of(NOVA_MICRO))

    assert report.by_rule == {}
    assert report.warnings_by_rule == {"reserved-word-doubtful": 1}
    assert repr(word) in report.warnings[0].message


@pytest.mark.parametrize("word", ["USER:", "Thought:", "<unk>", "[EOS]"])
def test_words_that_only_the_sdk_names_are_findings(word: str) -> None:
    assert rules_broken(conversation(f"user: {word}", "Yes."), rules_of(NOVA_MICRO)) == {"reserved-word": 1}


@pytest.mark.parametrize("text", ["user :", "User", "superusers:", "<images>", "[EOS", "Robots:", "<image"])
def test_what_is_nearly_a_reserved_word_is_none(text: str) -> None:
    assert rules_broken(conversation(text, "Yes."), rules_of(NOVA_MICRO)) == {}


def test_llama_reserves_no_words() -> None:
    assert rules_broken(conversation("User: hello <image>", "Bot: yes"), rules_of(LLAMA_33)) == {}


def test_another_schema_version_is_a_warning_where_the_guide_takes_any() -> None:
    assert rules_broken(conversation("E1?", "Empty.", version="mine"), rules_of(NOVA_MICRO)) == {
        "schema-version-value": 1
    }


def test_llama_takes_one_system_block() -> None:
    record = conversation("E1?", "Empty.", system=[{"text": "Be brief."}, {"text": "Be kind."}])

    assert rules_broken(record, rules_of(LLAMA_33)) == {"content": 1}
    assert rules_broken(record, rules_of(NOVA_MICRO)) == {}


def thought(text: object, **more: object) -> dict[str, object]:
    return {"reasoningContent": {"reasoningText": {"text": text, **more}}}


ANSWER = {"text": "Empty."}


def test_nova_2_learns_reasoning_in_every_turn_of_the_assistant() -> None:
    record = conversation("E1?", [thought("A lamp."), ANSWER], "E2?", [thought("Two.", signature="s"), ANSWER])

    assert rules_broken(record, rules_of(NOVA_2)) == {}


@pytest.mark.parametrize("model", [NOVA_MICRO, NOVA_LITE, LLAMA_33])
def test_other_models_take_no_reasoning(model: str) -> None:
    report = check(conversation("E1?", [thought("A lamp."), ANSWER]), rules_of(model))

    assert report.by_rule == {"content": 1}
    assert "reasoningContent is taken not for this base model" in report.findings[0].message


@pytest.mark.parametrize(
    ("rule", "record"),
    [
        ("content", conversation([thought("Hm."), {"text": "E1?"}], "Empty.")),
        ("content", conversation("E1?", [{"reasoningContent": {"redactedContent": "aGk="}}, ANSWER])),
        ("content", conversation("E1?", [{"reasoningContent": "Hm."}, ANSWER])),
        ("content", conversation("E1?", [thought("Hm.") | ANSWER])),
        ("empty-text", conversation("E1?", [thought(" "), ANSWER])),
        ("reserved-word", conversation("E1?", [thought("User: said"), ANSWER])),
    ],
)
def test_reasoning_that_is_broken_is_named_by_rule(rule: str, record: dict[str, object]) -> None:
    assert rules_broken(record, rules_of(NOVA_2)) == {rule: 1}


@pytest.mark.parametrize(
    ("system", "broken"), [([], {"empty-system": 1}), (None, {"content": 1}), ("", {"content": 1})]
)
def test_an_empty_list_as_system_is_a_warning_as_samples_of_aws_have_it(system: object, broken: dict[str, int]) -> None:
    report = check({**conversation("E1?", "Empty."), "system": system}, rules_of(NOVA_MICRO))

    assert report.by_rule | report.warnings_by_rule == broken
    assert bool(report.warnings) == (system == [])


@pytest.mark.parametrize(
    ("model", "character", "characters", "broken"),
    [
        (NOVA_MICRO, "q", 128_000, {}),
        (NOVA_MICRO, "q", 128_001, {"long-record": 1}),
        (NOVA_MICRO, "q", 192_000, {"long-record": 1}),
        (NOVA_MICRO, "q", 192_001, {"too-long": 1}),
        (NOVA_MICRO, "水", 42_673, {}),
        (NOVA_MICRO, "水", 42_674, {"long-record": 1}),
        (LLAMA_33, "q", 64_000, {}),
        (LLAMA_33, "q", 64_001, {"long-record": 1}),
        (LLAMA_33, "q", 96_001, {"too-long": 1}),
    ],
)
def test_length_is_estimated_from_bytes_and_refused_by_characters(
    model: str, character: str, characters: int, broken: dict[str, int]
) -> None:
    assert rules_broken(conversation(character * (characters - 10), "a" * 10), rules_of(model)) == broken


def test_an_unknown_base_model_is_checked_by_its_format() -> None:
    rules = model_rules("meta.llama9-1b-instruct-v1:0:1m", "FINE_TUNING", DatasetLimits("converse", 1, 100))

    assert not rules.known
    assert rules_broken(conversation("E1?", "Empty."), rules) == {}
    assert rules_broken(conversation("E1?"), rules) == {"turns": 1}


def test_one_record_gives_fifty_faults_at_most() -> None:
    record = {"schemaVersion": "bedrock-conversation-2024", "messages": [1] * 100_000}

    assert check(record, rules_of(NOVA_MICRO)).finding_count == 50


def test_messages_stay_short_whatever_a_record_holds() -> None:
    long = "x" * 100_000
    for record in (
        {long: 1},
        conversation([{long: long}], [long]),
        conversation(long, long, system=long),
        long,
        [long],
    ):
        assert all(len(finding.message) < 400 for finding in check(record, rules_of(NOVA_LITE)).findings)
