"""The text of Word (.docx) and Excel (.xlsx) documents, read with the standard library. Pure."""

import io
import zipfile
from xml.etree import ElementTree

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
UNZIPPED_BYTES = 200 * 1024 * 1024
Element = ElementTree.Element


def docx_text(content: bytes) -> str:
    """The paragraphs, with headings as in Markdown and the cells of a row on one line. Raises ValueError."""
    body = _part(content, "word/document.xml").find(f"{WORD}body")
    if body is None:
        raise ValueError("the Word document has no body")
    blocks = [_table(block) if block.tag == f"{WORD}tbl" else _paragraph(block) for block in body]
    return "\n\n".join(block for block in blocks if block.strip())


def xlsx_text(content: bytes) -> str:
    """Each sheet under its name, one line for each row. Raises ValueError."""
    targets = {item.get("Id"): item.get("Target", "") for item in _part(content, "xl/_rels/workbook.xml.rels")}
    strings = _shared_strings(content)
    sheets = []
    for sheet in _part(content, "xl/workbook.xml").iter(f"{SHEET}sheet"):
        target = targets.get(sheet.get(RELATION, ""), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        rows = [_row(row, strings) for row in _part(content, path).iter(f"{SHEET}row")]
        sheets.append("\n".join([f"# {sheet.get('name')}", *(row for row in rows if row.strip(", "))]))
    return "\n\n".join(sheets)


def _paragraph(block: Element) -> str:
    texts = []
    for node in block.iter():
        if node.tag == f"{WORD}t":
            texts.append(node.text or "")
        elif node.tag in (f"{WORD}tab", f"{WORD}br"):
            texts.append(" ")
    style = block.find(f"{WORD}pPr/{WORD}pStyle")
    name = (style.get(f"{WORD}val") or "") if style is not None else ""
    level = name.removeprefix("Heading") if name.startswith("Heading") else "1" if name == "Title" else ""
    text = "".join(texts)
    return f"{'#' * min(int(level), 6)} {text}" if level.isdigit() and text else text


def _table(table: Element) -> str:
    rows = []
    for row in table.iter(f"{WORD}tr"):
        cells = [" ".join(map(_paragraph, cell.iter(f"{WORD}p"))) for cell in row.findall(f"{WORD}tc")]
        rows.append(", ".join(cells))
    return "\n".join(rows)


def _row(row: Element, strings: list[str]) -> str:
    return ", ".join(_cell(cell, strings) for cell in row.iter(f"{SHEET}c"))


def _cell(cell: Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(node.text or "" for node in cell.iter(f"{SHEET}t"))
    value = cell.findtext(f"{SHEET}v") or ""
    return strings[int(value)] if cell.get("t") == "s" else value


def _shared_strings(content: bytes) -> list[str]:
    try:
        root = _part(content, "xl/sharedStrings.xml")
    except KeyError:
        return []
    return ["".join(node.text or "" for node in item.iter(f"{SHEET}t")) for item in root.iter(f"{SHEET}si")]


def _part(content: bytes, name: str) -> Element:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo(name).file_size > UNZIPPED_BYTES:
                raise ValueError(f"{name} in the file is too large")
            return ElementTree.fromstring(archive.read(name))
    except (zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise ValueError(f"the file is not a valid Office document: {error}") from None
