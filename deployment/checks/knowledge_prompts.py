"""Faults of [knowledge_base.prompt]: what Bedrock refuses, and placeholders that it would leave as they are."""

from collections.abc import Iterator

from deployment.sections.knowledge_prompt import KnowledgePrompt
from kit_contract.prompt_templates import CITATIONS, LIKE_ONE, LONGEST, PLACEHOLDERS, SEARCH_RESULTS


def prompt_faults(where: str, prompt: KnowledgePrompt | None) -> Iterator[str]:
    """`where`: the knowledge base's section."""
    if prompt is None:
        return
    where = f"{where}.prompt.file: {prompt.file.name}" if prompt.file else f"{where}.prompt.text"
    try:
        text = prompt.template
    except (OSError, UnicodeDecodeError) as error:
        yield f"{where} cannot be read as UTF-8: {getattr(error, 'strerror', None) or error}; name a text file"
        return
    if not 1 <= len(text) <= LONGEST:
        yield f"{where} must have 1 to {LONGEST:,} characters, got {len(text):,}; change it"
    if SEARCH_RESULTS not in text:
        yield f"{where} must hold {SEARCH_RESULTS}, which the passages replace; add it"
    if prompt.citations and CITATIONS not in text:
        yield (
            f"{where} lacks {CITATIONS}, without which answers cite no sources; add it, or set citations = false if "
            "they need none"
        )
    for name in sorted(set(LIKE_ONE.findall(text)) - set(PLACEHOLDERS)):
        yield f"{where}: {name} is not a placeholder; allowed are {', '.join(PLACEHOLDERS)}"
