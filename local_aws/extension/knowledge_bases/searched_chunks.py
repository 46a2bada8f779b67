"""Chunks that are searched together: their vectors and words are put together once, until one of them changes."""

import functools
import re
from typing import Any

import numpy

from local_aws.extension.bedrock.static_embeddings import Vectors
from local_aws.extension.knowledge_bases import ranking
from local_aws.extension.knowledge_bases.chunks import Chunk


class SearchedChunks(list[Chunk]):
    @functools.cached_property
    def vectors(self) -> Vectors:
        return numpy.array([chunk["vector"] for chunk in self], dtype=numpy.float32)

    @functools.cached_property
    def words(self) -> ranking.Words:
        """File names, titles and headings count twice."""
        return ranking.Words([f"{_heading(chunk)} {_heading(chunk)} {chunk['text']}" for chunk in self])


def _heading(chunk: dict[str, Any]) -> str:
    name = re.sub(r"[-_./]", " ", chunk["uri"].rsplit("/", 1)[-1].rsplit(".", 1)[0])
    return f"{name} {chunk['title']} {chunk['heading']}"
