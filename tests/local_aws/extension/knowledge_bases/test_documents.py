"""Documents and their sidecars: what an ingestion reads, ignores and refuses."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping

import pytest

from tests.local_aws.conftest import Call, Client
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import make_role

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LARGEST = 50 * 1024 * 1024
New = Callable[[str], KnowledgeBase]


def office(parts: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def word(*paragraphs: str) -> bytes:
    texts = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in ("grinder", "hopper"))
    body = f"<w:body>{texts}<w:tbl><w:tr>{cells}</w:tr></w:tbl></w:body>"
    return office({"word/document.xml": f"<w:document {W}>{body}</w:document>"})


def excel() -> bytes:
    rows = '<row><c t="s"><v>0</v></c><c><v>42</v></c><c t="inlineStr"><is><t>litres</t></is></c></row>'
    sheets = '<sheets><sheet name="Boilers" r:id="r1"/></sheets>'
    relation = '<Relationship Id="r1" Target="worksheets/one.xml"/>'
    return office(
        {
            "xl/workbook.xml": f'<workbook {S} xmlns:r="{R}">{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships>{relation}</Relationships>",
            "xl/worksheets/one.xml": f"<worksheet {S}><sheetData>{rows}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f"<sst {S}><si><t>capacity</t></si></sst>",
        }
    )


@pytest.fixture(scope="module")
def new(client: Client) -> New:
    role = make_role(client, "documents", ["s3:GetObject"], "arn:aws:s3:::*/*")
    return lambda name: KnowledgeBase(client, name, role)


def test_word_and_excel_documents_are_read(new: New) -> None:
    base = new("office-bucket")
    base.put("guide.docx", word("The pressure valve opens at nine bar."))
    base.put("table.xlsx", excel())
    base.put("broken.docx", b"not a zip")
    base.put("old.doc", b"binary")

    job = base.ingest()

    assert job["statistics"]["numberOfNewDocumentsIndexed"] == 2
    assert job["statistics"]["numberOfDocumentsFailed"] == 2
    assert "nine bar" in base.retrieve("pressure valve")[0]["content"]["text"]
    assert "grinder, hopper" in base.retrieve("hopper")[0]["content"]["text"]
    assert base.retrieve("boilers capacity")[0]["content"]["text"].splitlines() == ["# Boilers", "capacity, 42, litres"]


def test_documents_that_are_empty_or_over_50_mb_are_ignored_by_name(new: New) -> None:
    base = new("size-bucket")
    base.put("empty.md", b"")
    base.put("large.txt", b"x" * (LARGEST + 1))
    base.put("fits.md", b"# Fits")

    job = base.ingest()

    assert job["statistics"]["numberOfNewDocumentsIndexed"] == 1
    (reason,) = job["failureReasons"]
    assert reason == (
        "Encountered error: Ignored 2 files as their size was invalid. "
        "[Files: s3://size-bucket/empty.md, s3://size-bucket/large.txt]."
    )


def attributes(**given: object) -> bytes:
    return json.dumps({"metadataAttributes": given}).encode()


BROKEN = {
    "json": (b"{", "is not valid JSON"),
    "object": (b"[]", 'has no object "metadataAttributes"'),
    "missing": (b'{"attributes": {}}', 'has no object "metadataAttributes"'),
    "null": (attributes(kind=None), "'kind' must be a string, number, boolean or list of strings"),
    "list": (attributes(kind=["a", 1]), "'kind' must be a string, number, boolean or list of strings"),
    "nested": (attributes(kind={"a": {"b": "c"}}), "'kind' must be a string, number, boolean or list of strings"),
    "large": (attributes(kind="x" * 10_240), "must be at most 10240 bytes, got 10276"),
}


def test_a_document_with_a_broken_sidecar_is_not_indexed(new: New) -> None:
    base = new("sidecar-bucket")
    for name, (sidecar, _) in BROKEN.items():
        base.put(f"{name}.md", b"# Broken")
        base.put(f"{name}.md.metadata.json", sidecar)
    base.put("right.md", b"# Right")
    base.put("right.md.metadata.json", attributes(kind={"value": {"type": "STRING", "stringValue": "tree"}}, year=2026))

    job = base.ingest()

    assert job["statistics"]["numberOfDocumentsFailed"] == len(BROKEN)
    for name, (_, said) in BROKEN.items():
        assert [reason for reason in job["failureReasons"] if f"/{name}.md: " in reason and said in reason], name
    (found,) = base.retrieve("right")
    assert (found["metadata"]["kind"], found["metadata"]["year"]) == ("tree", 2026)


HIDDEN = {"MetadataConfiguration": {"NonFilterableMetadataKeys": ["AMAZON_BEDROCK_TEXT"]}}
CHUNK = {"text": "short", "uri": "s3://b/k"}


@pytest.mark.parametrize(
    ("index", "chunk", "metadata", "said"),
    [
        (HIDDEN, CHUNK, {"kind": "x" * 2048}, "Filterable metadata must have at most 2048 bytes"),
        ({}, {**CHUNK, "text": "x" * 2048}, {}, "Filterable metadata must have at most 2048 bytes"),
        (HIDDEN, {**CHUNK, "text": "x" * 40_960}, {}, "Total metadata must have at most 40960 bytes"),
        (HIDDEN, CHUNK, {f"k{number}": 1 for number in range(49)}, "Metadata must have at most 50 keys"),
    ],
)
def test_a_vector_holds_metadata_of_a_limited_size(
    call: Call, index: object, chunk: object, metadata: object, said: str
) -> None:
    call("knowledge_bases.document_metadata", "check_vectors", HIDDEN, [CHUNK], {"kind": "tree"})

    with pytest.raises(ValueError, match=f"^Invalid record: {said} .*S3 Vectors did not succeed"):
        call("knowledge_bases.document_metadata", "check_vectors", index, [chunk], metadata)
