"""What each base model and method asks for beyond the record format, broken one rule at a time."""

import json
from typing import Any

import pytest

from tests.training_data.dataset_corpus import medium_of
from training_data.checks import explain_line
from training_data.dataset_rules import DatasetRules, dataset_rules
from training_data.findings import CheckReport

NOVA_MICRO, NOVA_LITE, NOVA_2 = (
    "amazon.nova-micro-v1:0:128k",
    "amazon.nova-lite-v1:0:300k",
    "amazon.nova-2-lite-v1:0:256k",
)
LLAMA_31, LLAMA_33 = "meta.llama3-1-8b-instruct-v1:0:128k", "meta.llama3-3-70b-instruct-v1:0:128k"
TITAN = "amazon.titan-embed-image-v1"
QUESTION = {"role": "user", "content": "E1?"}


def rules_of(model: str, method: str = "FINE_TUNING", record_format: str = "converse") -> DatasetRules:
    return dataset_rules(model, method, record_format=record_format, min_records=1, max_records=100)


def check(record: Any, rules: DatasetRules) -> CheckReport:
    report = CheckReport()
    explain_line(json.dumps(record).encode(), 1, rules, report)
    return report


def rules_broken(record: Any, rules: DatasetRules) -> dict[str, int]:
    report = check(record, rules)
    return report.by_rule | report.warnings_by_rule


def conversation(*contents: Any, system: Any = None, version: Any = "bedrock-conversation-2024") -> dict[str, Any]:
    """Turns with these contents, user and assistant in turn; text where a string is given."""
    turns = [
        {"role": ("user", "assistant")[index % 2], "content": [{"text": item}] if isinstance(item, str) else item}
        for index, item in enumerate(contents)
    ]
    return {"schemaVersion": version, **({"system": system} if system else {}), "messages": turns}


def with_media(*blocks: dict[str, Any]) -> dict[str, Any]:
    return conversation([{"text": "What is this?"}, *blocks], "A tank.")


LOCATION = {"uri": "s3://the-bucket/a.png", "bucketOwner": "111122223333"}
IMAGE, VIDEO = medium_of("image", "png"), medium_of("video", "mp4")
MEDIA_BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("media-format", with_media(medium_of("image", "jpg"))),
    ("media-format", with_media(medium_of("image", "PNG"))),
    ("media-format", with_media(medium_of("image", "mp4"))),
    ("media-format", with_media(medium_of("video", "avi"))),
    ("media-uri", with_media(medium_of("image", "png", uri="https://host/a.png"))),
    ("media-uri", with_media(medium_of("image", "png", uri="s3://bucket/with space.png"))),
    ("media-uri", with_media(medium_of("image", "png", uri="s3://bucket"))),
    ("media-uri", with_media(medium_of("image", "png", uri=None))),
    ("bucket-owner", with_media(medium_of("image", "png", owner=None))),
    ("unknown-key", with_media({"image": {"format": "png", "source": {"s3Location": LOCATION | {"x": 1}}}})),
    ("content", with_media({"image": {"format": "png", "source": {"bytes": "aGk="}}})),
    ("content", with_media({"image": "s3://bucket/a.png"})),
    ("content", with_media({"document": {"format": "pdf"}})),
    ("content", with_media({"image": IMAGE["image"], "text": "both"})),
    ("media-count", with_media(*[IMAGE] * 11)),
    ("media-count", with_media(VIDEO, VIDEO)),
    ("media-turn", conversation("What?", [{"text": "This."}, IMAGE])),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "record"), MEDIA_BROKEN, ids=range(len(MEDIA_BROKEN)))
def test_a_media_rule_that_is_broken_is_named(rule: str, record: dict[str, Any]) -> None:
    assert rules_broken(record, rules_of(NOVA_LITE)) == {rule: 1}


@pytest.mark.parametrize("model", [NOVA_MICRO, LLAMA_33])
@pytest.mark.parametrize("block", [IMAGE, VIDEO])
def test_models_of_text_take_no_media(model: str, block: dict[str, Any]) -> None:
    assert rules_broken(with_media(block), rules_of(model)) == {"content": 1}


@pytest.mark.parametrize("suffix", ["png", "jpeg", "gif", "webp"])
def test_images_are_taken_and_their_bucket_is_noted(suffix: str) -> None:
    report = check(with_media(*[medium_of("image", suffix)] * 10), rules_of(NOVA_LITE))

    assert report.findings == report.warnings == []
    assert (report.media, report.buckets) == ({"image": 1}, {"the-bucket": 1})


@pytest.mark.parametrize(("kind", "suffix"), [("image", "webp"), ("video", "webm")])
def test_formats_that_the_guide_and_the_validator_disagree_on_are_a_warning(kind: str, suffix: str) -> None:
    report = check(with_media(medium_of(kind, suffix)), rules_of(NOVA_2))

    assert report.by_rule == {}
    assert report.warnings_by_rule == {"media-format-doubtful": 1}


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
    rules = rules_of("meta.llama9-1b-instruct-v1:0:1m")

    assert not rules.known
    assert rules_broken(conversation("E1?", "Empty."), rules) == {}
    assert rules_broken(conversation("E1?"), rules) == {"turns": 1}


DISTILLATION_BROKEN: list[tuple[str, Any]] = [
    ("schema-version", conversation("E1?", version="mine")),
    ("turns", conversation()),
    ("turns", conversation("E1?", "Empty.", "And E2?")),
    ("content", conversation([{"text": "a"}, {"text": "b"}])),
    ("content", conversation("E1?", system=[{"text": "a"}, {"text": "b"}])),
    ("roles", {**conversation("E1?"), "messages": [{"role": "assistant", "content": [{"text": "a"}]}]}),
    ("unknown-key", {**conversation("E1?"), "id": 1}),
]


@pytest.mark.parametrize(("rule", "record"), DISTILLATION_BROKEN, ids=range(len(DISTILLATION_BROKEN)))
def test_a_distillation_prompt_that_is_broken_is_named_by_rule(rule: str, record: Any) -> None:
    assert rules_broken(record, rules_of(LLAMA_31, "DISTILLATION")) == {rule: 1}


@pytest.mark.parametrize("record", [conversation("E1?"), conversation("E1?", "Empty.", system=[{"text": "Be brief."}])])
def test_distillation_takes_prompts_with_and_without_an_answer(record: Any) -> None:
    assert rules_broken(record, rules_of(LLAMA_31, "DISTILLATION")) == {}


def test_more_turns_are_a_warning_for_a_student_that_the_guide_allows_them() -> None:
    record = conversation("E1?", "Empty.", "And E2?")

    assert rules_broken(record, rules_of(NOVA_MICRO, "DISTILLATION")) == {"turns-doubtful": 1}


REINFORCEMENT_BROKEN: list[tuple[str, Any]] = [
    ("record", [1]),
    ("turns", {}),
    ("turns", {"messages": []}),
    ("turns", {"messages": [{"role": "assistant", "content": "a"}]}),
    ("turns", {"messages": [QUESTION, "a"]}),
    ("roles", {"messages": [QUESTION, {"role": "tool", "content": "a"}]}),
    ("roles", {"messages": [QUESTION, {"role": "system", "content": "a"}]}),
    ("empty-text", {"messages": [QUESTION, {"role": "assistant", "content": [{"type": "text"}]}]}),
    ("unknown-key", {"messages": [{**QUESTION, "name": "a"}]}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": " "}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": 5}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": {}}),
    ("reference-answer", {"messages": [QUESTION], "id": ""}),
    ("reserved-word-doubtful", {"messages": [{"role": "user", "content": "User: a"}]}),
]


@pytest.mark.parametrize(("rule", "record"), REINFORCEMENT_BROKEN, ids=range(len(REINFORCEMENT_BROKEN)))
def test_a_reinforcement_prompt_that_is_broken_is_named_by_rule(rule: str, record: Any) -> None:
    assert rules_broken(record, rules_of(NOVA_2, "REINFORCEMENT_FINE_TUNING")) == {rule: 1}


def test_reinforcement_prompts_may_carry_what_the_grader_needs() -> None:
    record = {
        "messages": [{"role": "system", "content": "Be brief."}, QUESTION],
        "reference_answer": {"a": 1},
        "unit": "s",
    }

    assert rules_broken(record, rules_of(NOVA_2, "REINFORCEMENT_FINE_TUNING")) == {}


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("media-uri", {"image-ref": "a.png"}),
        ("media-format", {"image-ref": "s3://the-bucket/a.gif"}),
        ("content", {"caption": None}),
        ("too-long", {"caption": "a" * 2_561}),
        ("empty-text", {"caption": " "}),
        ("unknown-key", {"id": 1}),
    ],
)
def test_an_image_and_its_caption_that_are_broken_are_named_by_rule(rule: str, changes: dict[str, Any]) -> None:
    record = {"image-ref": "s3://the-bucket/a.png", "caption": "A tank."} | changes

    assert rules_broken(record, rules_of(TITAN, record_format="image-caption")) == {rule: 1}


@pytest.mark.parametrize("caption", ["", "a" * 2_560, "User: a"])
def test_captions_may_be_empty_and_long(caption: str) -> None:
    record = {"image-ref": "s3://the-bucket/a.JPG", "caption": caption}

    assert rules_broken(record, rules_of(TITAN, record_format="image-caption")) == {}


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
