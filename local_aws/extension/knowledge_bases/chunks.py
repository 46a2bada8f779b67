"""Cuts documents (text, HTML, PDF, Word, Excel) into chunks as the data source configures it. Pure."""

import html
import io
import re
from typing import Any

import pypdf

from local_aws.extension.knowledge_bases.office_documents import docx_text, xlsx_text

CHARACTERS_PER_TOKEN = 4
DEFAULT_TOKENS, DEFAULT_OVERLAP = 300, 20
# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-ds.html
TEXT_TYPES = (".md", ".txt", ".html", ".htm", ".csv")
OLD_OFFICE_TYPES = (".doc", ".xls")
TYPES = (*TEXT_TYPES, ".pdf", ".docx", ".xlsx", *OLD_OFFICE_TYPES)
HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
Chunk = dict[str, Any]


def cut_document(uri: str, content: bytes, source: dict[str, Any]) -> list[Chunk]:
    """The chunks of one document, by the data source's chunking strategy. Raises ValueError, PyPdfError."""
    name = uri.rsplit("/", 1)[-1]
    text = _text(name, content)
    if not text.strip():
        raise ValueError("the document has no text")
    headings = [(match.start(), match[1].strip()) for match in HEADING.finditer(text)]
    title = headings[0][1] if headings else re.sub(r"[-_.]", " ", name.rsplit(".", 1)[0])
    chunks = []
    for begin, piece in _cut(text, *_chunking(source)):
        heading = next((words for start, words in reversed(headings) if start <= begin), title)
        chunks.append({"text": piece, "uri": uri, "title": title, "heading": heading})
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


def _chunking(source: dict[str, Any]) -> tuple[int, int]:
    """(size, overlap) of a chunk in characters."""
    configuration = (source.get("VectorIngestionConfiguration") or {}).get("chunkingConfiguration") or {}
    tokens, percentage = DEFAULT_TOKENS, DEFAULT_OVERLAP
    if configuration.get("chunkingStrategy") == "NONE":
        return 2**31, 0
    if fixed := configuration.get("fixedSizeChunkingConfiguration"):
        tokens, percentage = int(fixed["maxTokens"]), int(fixed["overlapPercentage"])
    elif semantic := configuration.get("semanticChunkingConfiguration"):
        tokens, percentage = int(semantic["maxTokens"]), 0
    elif levels := configuration.get("hierarchicalChunkingConfiguration"):
        tokens, percentage = int(levels["levelConfigurations"][0]["maxTokens"]), 0  # answers get the parent chunk
    return tokens * CHARACTERS_PER_TOKEN, tokens * CHARACTERS_PER_TOKEN * percentage // 100


def _cut(text: str, size: int, overlap: int) -> list[tuple[int, str]]:
    """(begin, piece) of about `size` characters, ending at a paragraph, a sentence or a word where there is one."""
    pieces, begin = [], 0
    while begin < len(text):
        end = min(begin + size, len(text))
        if end < len(text):
            cuts = [text.rfind(mark, begin + size // 2, end) for mark in ("\n\n", ". ", " ")]
            end = next((cut + 1 for cut in cuts if cut > 0), end)
        if piece := text[begin:end].strip():
            pieces.append((begin, piece))
        begin = end if end == len(text) else max(end - overlap, begin + 1)
    return pieces
