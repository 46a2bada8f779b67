"""[knowledge_base] documents: what S3, Bedrock or the upload would not take stops the synth, all at once, by name."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployment.checks import documents
from deployment.checks.documents import documents_faults, documents_warnings
from tests.deployment_file import shipped_config

Put = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "documents"
    path.mkdir()
    return path


@pytest.fixture
def put(folder: Path) -> Put:
    def write(name: str, text: str = "text") -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def only(folder: Path) -> str:
    (fault,) = documents_faults(folder)
    return fault


def test_every_type_of_bedrock_is_accepted_in_both_cases(folder: Path, put: Put) -> None:
    for number, suffix in enumerate(documents.TYPES):
        put(f"sub/{number}{suffix}", "x")
        put(f"sub/{number}-upper{suffix.upper()}", "x")

    assert list(documents_faults(folder)) == []


def test_all_faults_are_told_at_once_with_names(folder: Path, put: Put) -> None:
    put("photo.png", "x")
    put("empty.md", "")
    put("alone.md.metadata.json", '{"metadataAttributes": {}}')
    (folder / "key.md").symlink_to(folder.parent / "key.pem")

    faults = "\n".join(documents_faults(folder))

    assert len(faults.splitlines()) == 4
    assert f"symbolic links leave the folder: key.md -> {folder.parent / 'key.pem'}; copy" in faults
    assert ".pdf, got photo.png; convert or remove them" in faults
    assert "empty files, which Bedrock refuses: empty.md" in faults
    assert "metadata files without their document: alone.md.metadata.json" in faults


def test_bedrock_takes_50_mb_and_not_a_byte_more(folder: Path, put: Put) -> None:
    with put("manual.pdf", "").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert list(documents_faults(folder)) == []

    with (folder / "manual.pdf").open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    assert "up to 50 MB (52,428,800 bytes), got manual.pdf (52,428,801 bytes); split them" in only(folder)


def test_a_folder_that_the_upload_cannot_carry_is_refused_with_another_way(folder: Path, put: Put) -> None:
    for number in range(11):
        with put(f"{number}.pdf", "").open("wb") as file:
            file.truncate(48 * 1024 * 1024)

    fault = only(folder)

    assert "11 files with 553," in fault
    assert "up to 5,000 files with 500 MB" in fault
    assert f"aws s3 sync {folder} s3://BUCKET/documents/" in fault


def test_too_many_files_are_refused(folder: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "FOLDER_FILES", 2)
    for name in ("a.md", "b.md"):
        put(name, "x")
    assert list(documents_faults(folder)) == []

    put("c.md", "x")
    assert "3 files" in only(folder)


@pytest.mark.parametrize("name", ["a\tb.md", "a\\b.md", "c:x.md", "a\x7f.md"])
def test_names_that_the_upload_refuses(folder: Path, put: Put, name: str) -> None:
    put(name, "x")

    fault = only(folder)

    assert "names with control characters" in fault
    assert fault.isprintable()


def test_a_name_that_is_no_unicode_is_refused(folder: Path) -> None:
    try:
        (folder / "a\udcff.md").write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes Unicode names only")

    assert "names with control characters" in only(folder)


def test_a_key_may_have_1024_bytes(folder: Path, put: Put) -> None:
    deep = "/".join(["d" * 200] * 5)
    put(f"{deep}/{'x' * (1024 - len('documents/') - len(deep) - 4)}.md", "x")
    assert list(documents_faults(folder)) == []

    put(f"{deep}/{'y' * (1024 - len('documents/') - len(deep) - 3)}.md", "x")
    assert "longer than 1,024 bytes" in only(folder)


@pytest.mark.parametrize(
    ("one", "other"), [("Guide.md", "guide.MD"), (unicodedata.normalize("NFD", "é.md"), "é.md"), ("A/x.md", "a/x.md")]
)
def test_names_that_are_one_on_other_machines_are_refused(folder: Path, put: Put, one: str, other: str) -> None:
    put(one, "x")
    put(other, "x")
    if len(list(folder.rglob("*.[mM][dD]"))) == 1:
        pytest.skip("the file system takes them for one name")

    assert "differ in case or Unicode form only" in only(folder)


def test_many_names_are_cut(folder: Path, put: Put) -> None:
    for number in range(13):
        put(f"{number:02}.png", "x")

    assert "08.png, 09.png, and 3 more; convert" in only(folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"metadataAttributes": {"note": "x" * 1024}}, "1 attributes in 1,036 bytes"),
        ({"metadataAttributes": {f"k{number}": 1 for number in range(36)}}, "36 attributes"),
        ({"metadataAttributes": {"note": "x" * 10 * 1024}}, "up to 10 KB"),
        ({"attributes": {}}, 'must be a JSON object with an object "metadataAttributes"'),
        ({"metadataAttributes": [1]}, 'must be a JSON object with an object "metadataAttributes"'),
        ([], 'must be a JSON object with an object "metadataAttributes"'),
        ({"metadataAttributes": {"a": float("nan")}}, 'must be a JSON object with an object "metadataAttributes"'),
        ({"metadataAttributes": {"a": None}}, "has the attribute 'a' with null; use a string, number, boolean"),
        ({"metadataAttributes": {"a": [1, 2]}}, "has the attribute 'a' with [1, 2]; use"),
        ({"metadataAttributes": {"a": []}}, "has the attribute 'a' with []; use"),
        ({"metadataAttributes": {"a": {"b": 1}}}, "has the attribute 'a' with {\"b\": 1}; use"),
        ({"metadataAttributes": {"a": {"value": {"type": "NUMBER", "stringValue": "1"}}}}, "has the attribute 'a'"),
    ],
)
def test_metadata_that_bedrock_or_the_vector_does_not_take(folder: Path, put: Put, content: Any, reason: str) -> None:
    put("a.md", "x")
    put("a.md.metadata.json", json.dumps(content))

    fault = only(folder)

    assert fault.startswith("a.md.metadata.json ")
    assert reason in fault


def test_metadata_that_is_no_json(folder: Path, put: Put) -> None:
    put("a.md", "x")
    put("a.md.metadata.json", "{")

    assert "must be a JSON object" in only(folder)


@pytest.mark.parametrize(
    "attributes",
    [
        {f"k{number}": "value" for number in range(35)},
        {"text": "a", "number": 1.5, "flag": True, "list": ["a", "b"]},
        {"typed": {"value": {"type": "STRING_LIST", "stringListValue": ["a"]}, "includeForEmbedding": True}},
    ],
)
def test_metadata_within_its_limits_is_accepted(folder: Path, put: Put, attributes: dict[str, Any]) -> None:
    put("a.md", "x")
    put("a.md.metadata.json", json.dumps({"metadataAttributes": attributes}))

    assert list(documents_faults(folder)) == []


def test_files_that_are_not_uploaded_are_told_in_one_line(folder: Path, put: Put) -> None:
    config = shipped_config()
    assert config.knowledge_base
    assert list(documents_warnings(config)) == []
    for name in ("a.md", ".DS_Store", "sub/.git/HEAD", "a.md~"):
        put(name, "x")
    section = config.knowledge_base.model_copy(update={"documents": folder})

    (line,) = documents_warnings(config.model_copy(update={"knowledge_base": section}))

    assert line.endswith("hidden and backup files are not uploaded: .DS_Store, a.md~, sub/.git")
    assert list(documents_faults(folder)) == []
