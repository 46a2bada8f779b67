"""Ranks passages for a question: by meaning, by words (BM25 over word stems), or by both. Scores are from 0 to 1. Pure.

The score of a vector is the cosine of its angle to the question's. Bedrock documents neither its conversion of a
store's distances nor how a hybrid search combines its two; the mean here.
"""

import re
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy
import Stemmer

from local_aws.extension.bedrock.static_embeddings import Vectors, embedded

# BM25 scores have no upper bound; this one becomes 0.5.
HALF_SCORE = 2.0
STOPWORDS = re.findall(
    r"\w+",
    """a about after all also am an and any are as at be because been before being but by can cannot could did do does
    doing don for from get had has have having how i if in into is it its just me my no nor not of off on once only
    or other our out over own please same she should so some such than that the their them then there these they
    this those to too under until up was we were what when where which while who whom why will with would you your""",
)
Ranking = list[tuple[int, float]]  # (position, score), the best first


def by_meaning(vectors: Vectors, text: str, count: int) -> Ranking:
    """The `count` rows of `vectors` that are nearest to `text`. As in a vector store, there is always a nearest one."""
    return _best(_likeness(vectors, text), count) if len(vectors) else []


class Words:
    """The words of many texts, for several questions."""

    def __init__(self, corpus: Sequence[str]) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        tokens = self._tokens(corpus) if corpus else None
        self._index = bm25s.BM25() if tokens is not None and tokens.vocab else None
        if self._index is not None:
            self._index.index(tokens, show_progress=False)
        self._count = len(corpus)

    def best(self, text: str, count: int) -> Ranking:
        """At most `count` texts that share a word with `text`."""
        query = self._tokens([text])
        if self._index is None or not query.vocab:
            return []
        found, scores = self._index.retrieve(query, k=min(count, self._count), show_progress=False)
        pairs = zip(found[0], scores[0], strict=True)
        return [(int(position), float(score / (score + HALF_SCORE))) for position, score in pairs if score > 0]

    def _tokens(self, texts: Sequence[str]) -> Any:
        return bm25s.tokenize(texts, stopwords=STOPWORDS, stemmer=self._stemmer, show_progress=False)


def by_words(corpus: Sequence[str], text: str, count: int) -> Ranking:
    return Words(corpus).best(text, count)


def by_both(vectors: Vectors, words: Words, text: str, count: int) -> Ranking:
    """The mean of both scores. `vectors` and `words` are of the same passages."""
    if not len(vectors):
        return []
    scores: Vectors = _likeness(vectors, text) * numpy.float32(0.5)
    for position, score in words.best(text, len(vectors)):
        scores[position] += score / 2
    return _best(scores, count)


def relevance(texts: Sequence[str], text: str) -> Ranking:
    """All of `texts`, as a reranking model that reads them orders them."""
    return by_both(embedded(texts), Words(texts), text, len(texts))


def _likeness(vectors: Vectors, text: str) -> Vectors:
    cosines: Vectors = numpy.clip(vectors @ embedded([text])[0], 0.0, 1.0)
    return cosines


def _best(scores: Vectors, count: int) -> Ranking:
    order = numpy.argsort(-scores, kind="stable")[:count]
    return [(int(position), float(scores[position])) for position in order]
