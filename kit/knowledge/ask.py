"""`kit knowledge ask`: the passages that a question finds, and the answer that cites them."""

import argparse
import dataclasses
import json
import textwrap
from collections.abc import Sequence
from typing import Any

from kit.hint import as_given
from kit.knowledge.abilities import check_store
from kit.knowledge.arguments import add_common_arguments, add_filter
from kit.knowledge.deployed import connect
from kit.knowledge.filters import filter_from
from kit.knowledge.search import DEFAULT_RESULTS, LONGEST_QUESTION, Passage, Reply, Search, search_for
from kit.runs.words import UNKNOWN, WIDTH, cut, one_line
from kit_contract.errors import InputError
from kit_contract.model_arns import shown

INDENT = " " * 10
NONE_FOUND = "no passage was found{}; kit knowledge status says what was ingested"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("question", metavar="QUESTION")
    parser.add_argument("--results", type=int, default=DEFAULT_RESULTS, help=f"passages (default {DEFAULT_RESULTS})")
    parser.add_argument("--hybrid", action="store_true", help="search by meaning and by words, where the store can")
    parser.add_argument("--rerank", action="store_true", help="put the best passages first with rerank_model")
    parser.add_argument("--passages-only", action="store_true", help="no answer, so no model is paid for")
    add_filter(parser)


def run(options: argparse.Namespace) -> int:
    if not options.question.strip():
        raise InputError("the question is empty; write one in quotes")
    if len(options.question) > LONGEST_QUESTION:
        length = len(options.question)
        raise InputError(f"the question must have at most {LONGEST_QUESTION:,} characters, got {length:,}; shorten it")
    filters = filter_from(options.filter)
    deployed = connect(options.config, options.environment, local=options.local)
    base = deployed.only(options.knowledge_base)
    search = search_for(
        deployed,
        base,
        results=options.results,
        hybrid=options.hybrid or None,
        rerank=options.rerank,
        filters=filters,
    )
    if not options.passages_only:
        search.check_answers()
    check_store(deployed, base, hybrid=options.hybrid, filters=filters)
    passages = search.passages(deployed.runtime, options.question)
    reply = None if options.passages_only else search.answer(deployed.runtime, options.question)
    text = _as_json(search, passages, reply) if options.json else "\n".join(_as_text(search, passages, reply))
    print(text if options.json or passages else as_given(text, options))
    return 0


def _as_text(search: Search, passages: Sequence[Passage], reply: Reply | None) -> list[str]:
    lines = [f"PASSAGES of {search.knowledge_base.name}", *([] if passages else [f"  {_none_found(search)}"])]
    for number, passage in enumerate(passages, start=1):
        score = UNKNOWN if passage.score is None else f"{passage.score:.2f}"
        lines.append(cut(f"{number:>3}  {score}  {passage.source}"))
        lines.append(f"{INDENT}{cut(one_line(passage.text), WIDTH - len(INDENT))}")
    if reply is None:
        return lines
    lines += ["", f"ANSWER of {shown(search.model)} in {reply.seconds:.1f} s"]
    lines += textwrap.wrap(_numbered(passages, reply), WIDTH, initial_indent="  ", subsequent_indent="  ")
    if reply.guardrail_action not in (None, "NONE"):
        lines.append("  The guardrail of the knowledge base has changed or replaced this answer.")
    sources = list(dict.fromkeys(source for part in reply.parts for _, source in part.cited))
    return [*lines, "", "SOURCES", *(f"  {source}" for source in sources or ["none"])]


def _none_found(search: Search) -> str:
    return NONE_FOUND.format(" in documents whose metadata fits --filter, ask without it" if search.filter else "")


def _numbered(passages: Sequence[Passage], reply: Reply) -> str:
    """The answer with the numbers of the passages that each part cites; one that is not among them has none."""
    numbers = {(passage.text, passage.source): number for number, passage in enumerate(passages, start=1)}
    said = ""
    for part in reply.parts:
        marks = sorted({numbers[cited] for cited in part.cited if cited in numbers})
        said += part.text + "".join(f" [{number}]" for number in marks)
    return said.strip()


def _as_json(search: Search, passages: Sequence[Passage], reply: Reply | None) -> str:
    found: dict[str, Any] = {
        "knowledge_base": search.knowledge_base.name,
        "knowledge_base_id": search.knowledge_base.id,
        "passages": [dataclasses.asdict(passage) for passage in passages],
    }
    if reply is not None:
        citations = [
            {"text": part.text, "sources": [source for _, source in part.cited]} for part in reply.parts if part.cited
        ]
        found |= {
            "model": search.model,
            "answer": reply.text,
            "citations": citations,
            "guardrail_action": reply.guardrail_action,
            "seconds": round(reply.seconds, 3),
        }
    return json.dumps(found, indent=1, ensure_ascii=False, default=str)
