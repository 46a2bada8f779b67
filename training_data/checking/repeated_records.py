"""Records that a dataset has twice: in one file a warning, in training and validation set a finding. Pure."""

import hashlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from training_data.checking.findings import CheckReport
from training_data.normalized_texts import normalized_text_key

ROLES = {"prompt": "user", "image-ref": "user", "completion": "assistant", "caption": "assistant"}
LEAKAGE_FIX = "the loss on it would say nothing; remove it from one of them, or make both with kit data split"


@dataclass(frozen=True)
class Leak:
    """A validation record that is also in the training set: where both are, as "line 7" or "file:7"."""

    line: int
    validation: str
    training: str


class RecordIndex:
    """Digests of the first `most` records of a file or of several, 8 bytes each.

    `across` adds those that tell whether two sets share a record: as `kit data split`, without regard to upper case,
    blanks, punctuation and system prompt.
    """

    def __init__(self, most: int, *, across: bool) -> None:
        self._most, self._across = most, across
        self._files: list[tuple[int, str]] = []
        self.numbers, self.lines = array("Q"), array("Q")
        self.contents, self.prompts = array("Q"), array("Q")

    def begin(self, file_name: str) -> None:
        """The records that follow are those of this file."""
        self._files.append((len(self.numbers), file_name))

    def add(self, number: int, line: bytes, record: Any) -> None:
        """`number` is the line on which the record begins."""
        if len(self.numbers) >= self._most:  # the dataset is refused for its number of records
            return
        self.numbers.append(number)
        self.lines.append(_integer(hashlib.blake2b(line, digest_size=8).digest()))
        if self._across:
            turns = _turns(record)
            self.contents.append(_integer(normalized_text_key(text for _, text in turns)))
            self.prompts.append(_integer(normalized_text_key(text for role, text in turns if role == "user")))

    def place(self, index: int) -> str:
        after = bisect_right(self._files, index, key=lambda file: file[0])
        number = self.numbers[index]
        return f"{self._files[after - 1][1]}:{number}" if after else f"line {number}"


def _turns(record: Any) -> list[tuple[str, str]]:
    """(role, text) of a record of any of Bedrock's formats, without the system prompt; media by their places."""
    if not isinstance(record, dict):
        return []
    pairs = [(role, record.get(key)) for key, role in ROLES.items()]
    messages = record.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") != "system":
            pairs.append((str(message.get("role")), message.get("content")))
    return [(role, text) for role, content in pairs for text in _texts(content)]


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for item in content.values() if isinstance(content, dict) else content:
            yield from _texts(item)


def leaks(training: RecordIndex, validation: RecordIndex) -> Iterator[Leak]:
    """Every validation record that the training set has too."""
    first: dict[int, int] = {}
    for index, key in enumerate(training.contents):
        first.setdefault(key, index)
    for index, key in enumerate(validation.contents):
        if key in first:
            yield Leak(validation.numbers[index], validation.place(index), training.place(first[key]))


def add_leakage(report: CheckReport, training: RecordIndex, validation: RecordIndex) -> None:
    """Add what both sets share to the `report` on the validation set."""
    leaked = set()
    for leak in leaks(training, validation):
        leaked.add(leak.line)
        report.add(leak.line, "leakage", f"is also in the training set ({leak.training}); {LEAKAGE_FIX}")
    known = set(training.prompts)
    shared = [
        number
        for number, prompt in zip(validation.numbers, validation.prompts, strict=True)
        if prompt in known and number not in leaked
    ]
    if shared:
        others = f", as {_records(len(shared) - 1)} after it" if len(shared) > 1 else ""
        message = f"has the prompt of a training record, with another answer{others}; the loss may say too little"
        report.add(shared[0], "shared-prompt", f"{message}, move them to one side to be sure")


def add_duplicates(report: CheckReport, index: RecordIndex) -> None:
    """One warning for the file: the same line again teaches nothing new, and is paid for."""
    repeats = sorted(_repeats(index.lines))
    if repeats:
        later, first = repeats[0]
        others = f"; {_records(len(repeats))} in all repeat another" if len(repeats) > 1 else ""
        fix = "drop what you did not repeat on purpose"
        report.add(
            index.numbers[later],
            "duplicate-record",
            f"is the same as line {index.numbers[first]}{others}; you pay for each, {fix}",
        )


def _repeats(keys: "array[int]") -> Iterator[tuple[int, int]]:
    """(index, index of the first one with the same key)."""
    first = -1
    for index in sorted(range(len(keys)), key=keys.__getitem__):  # equal ones stay in order
        if first >= 0 and keys[index] == keys[first]:
            yield index, first
        else:
            first = index


def _integer(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big")


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"
