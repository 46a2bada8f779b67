"""Scores of one question from 0 to 1, without a model. None where a score does not apply. Pure.

recall        share of the documents named in the file that the passages come from (else the judge's)
precision     share of the passages that come from these documents (else the judge's)
rank          1 / place of the first such passage, 0 without one: what a reranker improves
grounded      share of the answer's words that stand in the passages ("K-Precision")
token_f1      of the answer and the expected one, as SQuAD's script
K-Precision: Adlakha et al., https://arxiv.org/abs/2307.16877, which finds it close to people's judgement of
faithfulness. The words of the question are left out: they are in every passage that fits.
"""

import re
from collections.abc import Sequence

from training_data.text_metrics import token_f1

WORD = re.compile(r"[^\W_]+")
SCORES = ("recall", "precision", "rank", "grounded", "token_f1")


def is_from(source: str, document: str) -> bool:
    """Whether the address ends with the document's name or path."""
    return source == document or source.endswith(f"/{document.removeprefix('/')}")


def retrieval_scores(documents: Sequence[str], sources: Sequence[str]) -> dict[str, float | None]:
    """`sources` of the passages, the best first. Without `documents` there is none."""
    if not documents:
        return dict.fromkeys(("recall", "precision", "rank"))
    found = [document for document in documents if any(is_from(source, document) for source in sources)]
    fits = [any(is_from(source, document) for document in documents) for source in sources]
    return {
        "recall": len(found) / len(documents),
        "precision": sum(fits) / len(fits) if fits else 0.0,
        "rank": 1 / (fits.index(True) + 1) if True in fits else 0.0,
    }


def answer_scores(question: str, expected: str, answer: str, passages: Sequence[str]) -> dict[str, float | None]:
    asked = set(_words(question))
    said = [word for word in _words(answer) if word not in asked]
    known = {word for passage in passages for word in _words(passage)}
    return {
        "grounded": sum(word in known for word in said) / len(said) if said else None,
        "token_f1": token_f1(answer, expected),
    }


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())
