"""Vectors of texts by their meaning: near for texts that say the same in other words.

The wheel of wordllama (MIT, https://github.com/dleemiller/WordLlama) holds 32,000 token vectors of 256 dimensions. The
mean of its tokens' vectors is a text's vector. wordllama's own loader looks for the tokenizer in another folder. The
vectors are loaded at the first text, so the emulator starts without them.
"""

import functools
import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy

BASE = 256
WEIGHTS, TOKENIZER = "weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json"
Vectors = numpy.ndarray[Any, numpy.dtype[numpy.float32]]


def embedded(texts: Sequence[str]) -> Vectors:
    """One vector of length 1 and `BASE` dimensions for each text."""
    return normalized(means(texts))


def means(texts: Sequence[str]) -> Vectors:
    """As `embedded`, but not normalized."""
    tokens, weights = _loaded()
    whole = [text.encode("utf-8", "replace").decode() for text in texts]  # half characters are "?", as in Java
    rows = [weights[tokens(text) or [0]].mean(axis=0) for text in whole]
    return numpy.array(rows, dtype=numpy.float32).reshape(len(rows), BASE)


def normalized(vectors: Vectors) -> Vectors:
    lengths = numpy.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Vectors = (vectors / numpy.maximum(lengths, 1e-12)).astype(numpy.float32)
    return found


def with_dimensions(vectors: Vectors, size: int) -> Vectors:
    """The vectors with `size` dimensions, whose angles are the same: the components repeat. Not normalized."""
    repeated: Vectors = numpy.tile(vectors, (1, -(-size // BASE)))
    return repeated[:, :size]


@functools.cache
def _loaded() -> tuple[Callable[[str], list[int]], Vectors]:
    """(ids of a text's tokens, the vector of each id)."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its threads and the emulator's processes do not mix
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    package = importlib.util.find_spec("wordllama")
    assert package
    assert package.origin
    folder = Path(package.origin).parent
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    weights: Vectors = load_file(folder / WEIGHTS)["embedding.weight"].astype(numpy.float32)
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids, weights
