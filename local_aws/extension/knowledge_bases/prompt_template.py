"""The prompt template of RetrieveAndGenerate: checked, and filled in for the model.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-config.html has the placeholders; the words of the message
are not documented.
"""

import time
from typing import Any

from kit_contract.prompt_templates import CITATIONS, CURRENT_TIME, LONGEST, QUERY, SEARCH_RESULTS
from local_aws.extension.bedrock.responses import BedrockError, iso

FORMAT = "Name the numbers of the passages that you use in square brackets, such as [1]."
INSTRUCTION = (
    "Answer the question from the numbered passages only, in a few sentences. If they do not hold the answer, say so."
)
DEFAULT = f"{INSTRUCTION}\n\n{SEARCH_RESULTS}"


def template_of(configuration: dict[str, Any]) -> str | None:
    """Of a knowledgeBaseConfiguration. Raises BedrockError for what Bedrock refuses."""
    prompt = (configuration.get("generationConfiguration") or {}).get("promptTemplate")
    if prompt is None:
        return None
    text = str(prompt.get("textPromptTemplate") or "")
    if not 1 <= len(text) <= LONGEST:
        raise BedrockError("ValidationException", f"textPromptTemplate must have 1 to {LONGEST} characters")
    if SEARCH_RESULTS not in text:
        raise BedrockError("ValidationException", f"The prompt template must include {SEARCH_RESULTS}")
    return text


def cites(template: str | None) -> bool:
    return template is None or CITATIONS in template


def filled(template: str | None, question: str, passages: list[dict[str, Any]]) -> str:
    """What documents and callers write is put in at once: a placeholder in it stays text."""
    numbered = [f"[{number}] {passage['content']['text']}" for number, passage in enumerate(passages, start=1)]
    values = {
        SEARCH_RESULTS: "\n\n".join(numbered),
        QUERY: question,
        CURRENT_TIME: iso(time.time()),
        CITATIONS: FORMAT,
    }
    parts = [template or DEFAULT]
    for name in values:
        parts = [piece for part in parts for piece in _split(part, name)]
    return "".join(values.get(part, part) for part in parts)


def _split(part: str, name: str) -> list[str]:
    found = part.split(name)
    return [piece for pair in zip(found, [*[name] * (len(found) - 1), ""], strict=True) for piece in pair if piece]
