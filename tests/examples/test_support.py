"""The shipped example: its data passes every base model's checks, its questions have one right document each."""

import json
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from model_catalog import catalog
from training_data.checking.model_rules import model_rules
from training_data.conversion.record_conversion import Target
from training_data.preparation import DatasetError, PreparedDataset, prepare_dataset

SUPPORT = Path(__file__).resolve().parent.parent.parent / "examples" / "support"
DOCUMENTS = SUPPORT / "documents"
FILES = [SUPPORT / "labelled.json", SUPPORT / "unlabelled.jsonl", SUPPORT / "chat.jsonl"]
BASE_MODELS = [
    ("amazon.nova-micro-v1:0:128k", "us-east-1"),
    ("meta.llama3-1-8b-instruct-v1:0:128k", "us-west-2"),
    ("meta.llama3-3-70b-instruct-v1:0:128k", "us-west-2"),
]


def prepare(base_model: str, region: str, folder: Path, unlabelled: str = "continuation") -> PreparedDataset:
    limits = catalog.customizable(base_model, region).limits
    return prepare_dataset(
        FILES,
        model_rules(base_model, "FINE_TUNING", limits),
        min_records=limits.min_records,
        max_records=limits.max_records,
        target=Target(limits.record_format, unlabelled=unlabelled),
        output=folder / "support.jsonl",
    )


def questions() -> list[dict[str, str]]:
    items: list[dict[str, str]] = json.loads((SUPPORT / "questions.json").read_text(encoding="utf-8"))
    return items


def test_unlabelled_records_are_refused_line_by_line_unless_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"unlabelled\.jsonl:1: is unlabelled"):
        prepare(*BASE_MODELS[0], tmp_path, unlabelled="refuse")


@pytest.mark.parametrize(("base_model", "region"), BASE_MODELS)
def test_all_three_shapes_flow_into_every_record_format(base_model: str, region: str, tmp_path: Path) -> None:
    prepared = prepare(base_model, region, tmp_path)

    counts = {shape: count for _, shape, count in prepared.sources}
    assert counts["labelled"] >= 60
    assert counts["unlabelled"] >= 30
    assert counts["chat"] >= 50
    assert prepared.records == sum(counts.values()) >= 140


def test_no_two_records_are_nearly_the_same() -> None:
    prompts = [item["prompt"] for item in json.loads(FILES[0].read_text(encoding="utf-8"))]
    texts = [json.loads(line)["input"] for line in FILES[1].read_text(encoding="utf-8").splitlines()]

    for group in (prompts, texts):
        for position, text in enumerate(group):
            matcher = SequenceMatcher(None, b=text, autojunk=False)
            for other in group[:position]:
                matcher.set_seq1(other)
                assert matcher.quick_ratio() < 0.9 or matcher.ratio() < 0.85, (text, other)


def test_there_are_enough_documents_of_each_kind() -> None:
    kinds = [path.suffix for path in DOCUMENTS.iterdir()]

    assert kinds.count(".md") >= 13
    assert kinds.count(".pdf") == 2


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.pdf")), ids=lambda path: path.name)
def test_a_pdf_has_its_parts_where_its_table_says(path: Path) -> None:
    content = path.read_bytes()
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n", 1)[0])
    entries = content[start:].split(b"\n")[3:]
    offsets = [int(entry[:10]) for entry in entries if entry.endswith(b" n ")]

    assert content.startswith(b"%PDF-1.")
    assert content[start:].startswith(b"xref\n")
    assert offsets
    for number, offset in enumerate(offsets, start=1):
        assert content[offset:].startswith(f"{number} 0 obj".encode())


@pytest.mark.parametrize("item", [q for q in questions() if "document" in q], ids=lambda item: item["document"])
def test_a_question_names_a_document_that_alone_holds_the_answer(item: dict[str, str]) -> None:
    holding = [path.name for path in DOCUMENTS.iterdir() if item["expect"].encode() in path.read_bytes()]

    assert holding == [item["document"]]
    assert item["expect"] not in item["question"]


def test_there_are_questions_for_the_documents_and_for_the_custom_model() -> None:
    assert len([item for item in questions() if "document" in item]) >= 10
    assert len([item for item in questions() if item.get("alias") == "support-bot"]) >= 2
