"""Cuts documents (text, HTML, PDF, Word, Excel) into chunks as the data source configures it. Pure."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pypdf

from local_aws.extension.knowledge_bases.cutting import cut_text
from local_aws.extension.knowledge_bases.office_documents import docx_text, xlsx_text

# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-ds.html
TEXT_TYPES = (".md", ".txt", ".html", ".htm", ".csv")
OLD_OFFICE_TYPES = (".doc", ".xls")
TYPES = (*TEXT_TYPES, ".pdf", ".docx", ".xlsx", *OLD_OFFICE_TYPES)
HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
Chunk = dict[str, Any]


def cut_document(
    uri: str, content: bytes, source: dict[str, Any], parse: Callable[[str], str] = str, named: str = ""
) -> list[Chunk]:
    """The chunks of one document, by the data source's chunking strategy. Raises ValueError, PyPdfError.

    `parse` gets the text of a PDF file. `named` tells the type where the URI does not. A chunk of hierarchical chunking
    has a "parent", the text that a search returns in its place.
    """
    name = (named or uri).rsplit("/", 1)[-1]
    text = _text(name, content)
    if name.lower().endswith(".pdf"):
        text = parse(text)
    if not text.strip():
        raise ValueError("the document has no text")
    headings = [(match.start(), match[1].strip()) for match in HEADING.finditer(text)]
    title = headings[0][1] if headings else re.sub(r"[-_.]", " ", name.rsplit(".", 1)[0])
    chunking = (source.get("VectorIngestionConfiguration") or {}).get("chunkingConfiguration") or {}
    chunks = []
    for begin, piece, parent in cut_text(text, chunking):
        heading = next((words for start, words in reversed(headings) if start <= begin), title)
        whole = {"parent": parent} if parent else {}
        chunks.append({"text": piece, "uri": uri, "title": title, "heading": heading, **whole})
    return chunks


def _text(name: str, content: bytes) -> str:
    lower = name.lower()
    if lower.endswith(".pdf"):
        return "\n\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if lower.endswith(".docx"):
        return docx_text(content)
    if lower.endswith(".xlsx"):
        return xlsx_text(content)
    if not lower.endswith(TEXT_TYPES):
        raise ValueError("Bedrock reads this format, the embedded AWS does not; save it as .docx or .xlsx")
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    if not lower.endswith((".html", ".htm")):
        return text
    visible = re.sub(r"(?is)<(script|style|head)\b.*?</\1>", " ", text)
    titled = re.sub(r"(?is)<h([1-6])\b[^>]*>(.*?)</h\1>", r"\n\n# \2\n\n", visible)
    return html.unescape(re.sub(r"<[^>]+>", " ", titled))
