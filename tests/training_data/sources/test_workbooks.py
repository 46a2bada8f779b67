"""Rows of an Excel workbook become records; without python-calamine, or with two sheets, the error says what to do."""

import sys
import zipfile
from pathlib import Path

import pytest

from tests.training_data.conversion.converted_files import errors, records

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(file: Path, *sheets: list[list[str | int]]) -> Path:
    """The smallest workbook that holds these sheets."""
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/s{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n in numbers)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{RELATIONS}/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="s{n}.xml"/>' for n in numbers)
        + "</Relationships>",
        **{f"xl/s{n}.xml": _sheet(rows) for n, rows in zip(numbers, sheets, strict=True)},
    }
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file


def _sheet(rows: list[list[str | int]]) -> str:
    cells = [
        "".join(
            f"<c><v>{cell}</v></c>" if isinstance(cell, int) else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
            for cell in row
        )
        for row in rows
    ]
    return (
        f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(f"<row>{row}</row>" for row in cells)}</sheetData></worksheet>'
    )


def test_rows_become_records_and_a_number_is_its_text(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    file = workbook(tmp_path / "faq.xlsx", [["Prompt", "Response", ""], ["Wie heiß?", 90, ""]], [])

    assert records(file, "prompt-completion") == [{"prompt": "Wie heiß?", "completion": "90"}]


def test_two_sheets_and_an_unknown_header_are_named(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    rows: list[list[str | int]] = [["Frage", "Antwort"], ["a", "b"]]

    assert "holds 2 sheets ('S1', 'S2')" in errors(workbook(tmp_path / "two.xlsx", rows, rows))[0]
    assert "faq.xlsx:1: must name its columns" in errors(workbook(tmp_path / "faq.xlsx", rows))[0]


def test_a_broken_workbook_is_named(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    file = tmp_path / "faq.xlsx"
    file.write_bytes(b"PK\x03\x04 but cut")

    assert "faq.xlsx: is a broken or protected workbook (" in errors(file)[0]


def test_without_python_calamine_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    assert errors(workbook(tmp_path / "faq.xlsx", [["prompt"]])) == [
        "faq.xlsx: is an Excel workbook, and python-calamine is not installed; .venv/bin/uv pip install "
        "python-calamine, or save it as CSV UTF-8"
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("faq.zip", b"PK\x03\x04 a", "is a zip archive or an Office document; unpack it"),
        ("faq.xlsx", b"a,b", "is no Excel workbook; write or download it again"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    assert message in errors(file)[0]
