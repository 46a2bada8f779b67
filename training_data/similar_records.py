"""Finds records that are nearly the same: those whose runs of three words have a Jaccard similarity of 0.8 or more.

The pairs are found by prefix filtering (Bayardo, Ma and Srikant, Scaling Up All Pairs Similarity Search, 2007): two
records that are as similar share one of their rarest runs of words. No estimate, but for two bounds that keep
time and memory small: MOST_SHINGLES and MOST_CANDIDATES.
"""

import math
import re
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from training_data.record_texts import Turns

THRESHOLD = 0.8
MOST_RECORDS = 20_000  # of the training and of the validation set; what is read after them is not compared
MOST_SHINGLES = 1_000  # of one record, chosen by their hash
MOST_CANDIDATES = 20  # that one record is compared with
# Scripts without blanks between words (Japanese, Chinese, Korean, Thai, Lao) count each character as a word.
UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORDS = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
COUNTERS = 1 << 22


@dataclass(frozen=True)
class SimilarPair:
    """Two records by their lines; with `held_out` the later one is a validation record."""

    later: int
    earlier: int
    similarity: float
    held_out: bool = False


class SimilarRecords:
    """Call `add` for each record, then `pairs`."""

    def __init__(self) -> None:
        self._lines = array("Q")
        self._held_out = bytearray()
        self._sketches: list[array[int]] = []
        self._frequencies = array("I", bytes(4 * COUNTERS))

    def add(self, line: int, turns: Turns, *, held_out: bool = False) -> None:
        """The system prompt is not compared: all records may have the same.

        `held_out` is for validation records, which come last and are compared with the training records only.
        """
        if self._held_out.count(held_out) >= MOST_RECORDS:
            return
        sketch = _shingles(" ".join(text for role, text in turns if role != "system"))
        self._lines.append(line)
        self._held_out.append(held_out)
        self._sketches.append(array("q", sketch))
        for shingle in sketch:
            self._frequencies[shingle % COUNTERS] += 1

    def pairs(self) -> Iterator[SimilarPair]:
        """Each record that is similar to an earlier one, with the first such record that is found."""
        index: dict[int, list[int]] = {}
        for later, sketch in enumerate(self._sketches):
            prefix = self._prefix(sketch)
            yield from self._best(later, prefix, index)
            for shingle in () if self._held_out[later] else prefix:
                if self._frequencies[shingle % COUNTERS] > 1:  # a run of words that no other record has finds none
                    index.setdefault(shingle, []).append(later)

    def _prefix(self, sketch: "array[int]") -> list[int]:
        """The rarest shingles, so many that two similar records share one of them."""
        rarest = sorted(sketch, key=lambda shingle: (self._frequencies[shingle % COUNTERS], shingle))
        return rarest[: len(sketch) - math.ceil(THRESHOLD * len(sketch)) + 1] if rarest else []

    def _best(self, later: int, prefix: list[int], index: dict[int, list[int]]) -> Iterator[SimilarPair]:
        own = frozenset(self._sketches[later])
        for earlier in self._candidates(len(own), prefix, index):
            other = self._sketches[earlier]
            shared = len(own.intersection(other))
            similarity = shared / (len(own) + len(other) - shared)
            if similarity >= THRESHOLD:
                yield SimilarPair(self._lines[later], self._lines[earlier], similarity, bool(self._held_out[later]))
                return

    def _candidates(self, size: int, prefix: list[int], index: dict[int, list[int]]) -> Iterator[int]:
        """Records of about the same size that share a shingle of the prefix, those with a rare one first."""
        seen: set[int] = set()
        for shingle in prefix:
            for earlier in index.get(shingle, ()):
                if earlier in seen or not THRESHOLD <= len(self._sketches[earlier]) / size <= 1 / THRESHOLD:
                    continue
                if len(seen) == MOST_CANDIDATES:
                    return
                seen.add(earlier)
                yield earlier


def _shingles(text: str) -> list[int]:
    """Hashes of each three words that follow each other; the same on every machine."""
    words = [_hash(word) for word in WORDS.findall(text.casefold())]
    found = set(map(hash, zip(words, words[1:], words[2:], strict=False)))  # hash() of numbers has no seed
    return list(found) if len(found) <= MOST_SHINGLES else sorted(found)[:MOST_SHINGLES]


@lru_cache(maxsize=1 << 16)
def _hash(word: str) -> int:
    return zlib.crc32(word.encode(errors="surrogatepass"))
