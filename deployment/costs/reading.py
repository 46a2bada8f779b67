"""How many passages documents give, by their chunking, and how many tokens are embedded, stored and shown for them.

As if every byte were text; a PDF has less. Semantic chunking ends passages where it likes: their number is that of full
ones, the fewest that there can be.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
    """Their number, and `size` in bytes of all together."""

    count: int
    size: int


def documents_of(section: KnowledgeBase) -> Documents:
    sizes = document_sizes(section)
    return Documents(len(sizes), sum(sizes.values()))


def passages_of(section: KnowledgeBase, documents: Documents | None = None) -> Passages:
    """`documents`: those to come, in place of the folder's."""
    documents = documents or documents_of(section)
    return replace(_passages(section, documents), size=documents.size)


def _passages(section: KnowledgeBase, documents: Documents) -> Passages:
    tokens = documents.size / BYTES_PER_TOKEN
    if section.chunking == "hierarchical":
        return _hierarchical(section, tokens)
    if section.chunking == "semantic":
        most = section.semantic.max_tokens
        compared = ceil(tokens * (1 + 2 * section.semantic.buffer_sentences))
        return Passages(ceil(tokens / most), ceil(tokens), most, most, compared)
    if section.chunking == "none":
        each = ceil(tokens / documents.count) if documents.count else 0
        return Passages(documents.count, ceil(tokens), each, each)
    most = section.chunk_max_tokens
    count = ceil(tokens / (most * (1 - section.chunk_overlap_percentage / 100)))  # each starts with the one before
    return Passages(count, count * most, most, most)


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


def _hierarchical(section: KnowledgeBase, tokens: float) -> Passages:
    levels = section.hierarchical
    parent, child, overlap = levels.parent_max_tokens, levels.child_max_tokens, levels.overlap_tokens
    parents = ceil(tokens / max(1, parent - overlap))
    count = ceil(parents * parent / max(1, child - overlap))
    return Passages(count, count * child, child + parent, parent)


def document_sizes(section: KnowledgeBase) -> dict[str, int]:
    """Name -> bytes of the section's own documents."""
    if section.documents is None:
        return {}
    found = read_documents_folder(section.documents).documents
    return {name: path.stat().st_size for name, path in found.items()}
