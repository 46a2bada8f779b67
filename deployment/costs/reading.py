"""How many passages documents give, by their chunking, and how many tokens are embedded, stored and shown for them.

As if every byte were text; a PDF has less. Semantic chunking ends passages where it likes: their number is that of full
ones, the fewest that there can be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from deployment.config import DeploymentConfig
from deployment.costs.inference_api import Traffic, token_lines
from deployment.costs.lines import CostLine, line
from deployment.documents import read_documents_folder
from deployment.sections.knowledge_base import KnowledgeBase
from model_catalog.prices import price
from training_data.token_estimate import BYTES_PER_TOKEN


@dataclass(frozen=True)
class Passages:
    """Tokens: `embedded` of all passages together, `stored` of the text beside a vector, `shown` of one in an answer.

    `compared`: what semantic chunking embeds to find where passages end. `size`: of the documents in bytes.
    """

    count: int
    embedded: int
    stored: int
    shown: int
    compared: int = 0
    size: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Documents:
    """Their number, and `size` in bytes of all together. `sizes`: of some of them, for which all stand equally."""

    count: int
    size: int
    sizes: Sequence[float]


def documents_of(section: KnowledgeBase) -> Documents:
    sizes = tuple(document_sizes(section).values())
    return Documents(len(sizes), sum(sizes), sizes)


def passages_of(section: KnowledgeBase, documents: Documents | None = None) -> Passages:
    """`documents`: those to come, in place of the folder's."""
    documents = documents or documents_of(section)
    read = [_read(section, size / BYTES_PER_TOKEN) for size in documents.sizes if size]
    each = documents.count / len(documents.sizes) if documents.sizes else 0
    count, embedded, shown, compared = (ceil(sum(part) * each) for part in zip(*read, strict=True)) if read else [0] * 4
    if not count:
        return Passages(0, 0, 0, 0, size=documents.size)
    shown = ceil(shown / count)
    beside = ceil(embedded / count) if section.chunking == "hierarchical" else 0
    return Passages(count, embedded, shown + beside, shown, compared, documents.size)


def _read(section: KnowledgeBase, tokens: float) -> tuple[float, float, float, float]:
    """Of one document, as no passage holds text of two: (passages, tokens embedded, shown and compared)."""
    if section.chunking == "hierarchical":
        levels = section.hierarchical
        parents, held = _pieces(tokens, levels.parent_max_tokens, levels.overlap_tokens)
        children, embedded = _pieces(held / parents, levels.child_max_tokens, levels.overlap_tokens)
        return parents * children, parents * embedded, held * children, 0
    if section.chunking == "semantic":
        compared = tokens * (1 + 2 * section.semantic.buffer_sentences)
        return ceil(tokens / section.semantic.max_tokens), tokens, tokens, compared
    if section.chunking == "none":
        return 1, tokens, tokens, 0
    most = section.chunk_max_tokens
    count, held = _pieces(tokens, most, most * section.chunk_overlap_percentage / 100)
    return count, held, held, 0


def _pieces(tokens: float, most: float, overlap: float) -> tuple[int, float]:
    """(their number, the tokens of all): each but the first begins with the end of the one before."""
    more = ceil(max(0, tokens - most) / max(1, most - overlap))
    return 1 + more, tokens + more * overlap


def parsing_lines(config: DeploymentConfig, section: KnowledgeBase) -> Iterator[CostLine]:
    """A model reads all PDF files and writes as many tokens; AWS does not say how many a page has."""
    pages = sum(size for name, size in document_sizes(section).items() if name.lower().endswith(".pdf"))
    if section.parsing is None or not pages:
        return
    tokens = ceil(pages / BYTES_PER_TOKEN)
    read = Traffic(requests=1, input_tokens=tokens, output_tokens=tokens)
    for part in token_lines(read, section.parsing.model, config.deployment.region):
        yield CostLine(f"parsing, {part.part}", f"PDF files of {pages:,} bytes", part.usd, part.price, part.missing)


def comparing_line(passages: Passages, model: str, region: str) -> Iterator[CostLine]:
    """AWS says that semantic chunking costs more, "due to its use of a foundation model", and not of which."""
    if tokens := passages.compared:
        what = f"about {tokens:,} tokens of sentences, if the embedding model compares them"
        found = price("embedding_tokens", model=model, region=region)
        yield line("semantic chunking", what, tokens, found, missing=f"embedding tokens of {model} in {region}")


def document_sizes(section: KnowledgeBase) -> dict[str, int]:
    """Name -> bytes of the section's own documents."""
    if section.documents is None:
        return {}
    found = read_documents_folder(section.documents).documents
    return {name: path.stat().st_size for name, path in found.items()}
