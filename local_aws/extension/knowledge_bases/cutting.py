"""Cuts a text as a chunking configuration says: by size, in two levels, where the meaning changes, or not at all. Pure.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-chunking.html. Bedrock documents no tokenizer; four characters
are a token here.
"""

import re
from typing import Any

import numpy

from local_aws.extension.bedrock.static_embeddings import embedded

CHARACTERS_PER_TOKEN = 4
DEFAULT_TOKENS, DEFAULT_OVERLAP = 300, 20
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n{2,}|\n(?=[#*|-])")
Piece = tuple[int, str, str]  # (begin in the text, piece, the parent's text or "")


def cut_text(text: str, configuration: dict[str, Any]) -> list[Piece]:
    """`configuration` is a chunkingConfiguration; without one Bedrock makes chunks of about 300 tokens."""
    if configuration.get("chunkingStrategy") == "NONE":
        return [(0, text.strip(), "")]
    if levels := configuration.get("hierarchicalChunkingConfiguration"):
        return _hierarchical(text, levels)
    if semantic := configuration.get("semanticChunkingConfiguration"):
        return _semantic(text, semantic)
    fixed = configuration.get("fixedSizeChunkingConfiguration") or {}
    size = _characters(fixed.get("maxTokens", DEFAULT_TOKENS))
    percentage = int(fixed.get("overlapPercentage", DEFAULT_OVERLAP))
    return [(begin, piece, "") for begin, piece in _cut(text, size, size * percentage // 100)]


def _characters(tokens: Any) -> int:
    return int(tokens) * CHARACTERS_PER_TOKEN


def _hierarchical(text: str, configuration: dict[str, Any]) -> list[Piece]:
    """Children, each with its parent: "the absolute number of overlap tokens" is the same on both levels."""
    parent_size, child_size = (_characters(level["maxTokens"]) for level in configuration["levelConfigurations"])
    overlap = _characters(configuration["overlapTokens"])
    pieces = []
    for parent_begin, parent in _cut(text, parent_size, min(overlap, parent_size // 2)):
        for begin, child in _cut(parent, child_size, min(overlap, child_size // 2)):
            pieces.append((parent_begin + begin, child, parent))
    return pieces


def _semantic(text: str, configuration: dict[str, Any]) -> list[Piece]:
    """Breaks where a sentence is less like the next one than the threshold's percentile of all such pairs."""
    spans, size = _sentences(text), _characters(configuration["maxTokens"])
    breaks = _breaks(
        text, spans, int(configuration["bufferSize"]), float(configuration["breakpointPercentileThreshold"])
    )
    groups: list[tuple[int, int]] = []
    for number, (begin, end) in enumerate(spans):
        if groups and number not in breaks and end - groups[-1][0] <= size:
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((begin, end))
    # A sentence alone may be longer than a chunk.
    return [(start + begin, piece, "") for start, end in groups for begin, piece in _cut(text[start:end], size, 0)]


def _breaks(text: str, spans: list[tuple[int, int]], buffer: int, percentile: float) -> set[int]:
    """The numbers of the sentences that begin a chunk; each is compared with `buffer` sentences around it."""
    if len(spans) < 2:
        return set()
    last = len(spans) - 1
    windows = [text[spans[max(0, n - buffer)][0] : spans[min(last, n + buffer)][1]] for n in range(len(spans))]
    vectors = embedded(windows)
    distances = 1 - (vectors[:-1] * vectors[1:]).sum(axis=1)
    threshold = numpy.percentile(distances, percentile)
    return {number + 1 for number, distance in enumerate(distances) if distance > threshold}


def _sentences(text: str) -> list[tuple[int, int]]:
    """(begin, end) of each sentence, with the space after it."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)] + [len(text)]
    spans = zip([0, *ends[:-1]], ends, strict=True)
    return [(begin, end) for begin, end in spans if text[begin:end].strip()]


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
