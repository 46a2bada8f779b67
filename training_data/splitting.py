"""Splits a dataset into training and validation: seeded, alike in length, no duplicate on both sides."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training_data.atomic_output import atomic
from training_data.sources.files import ConversionError, file_state, opened, require_unchanged
from training_data.sources.json_records import read_lines
from training_data.texts import normalized_key, said_in


@dataclass(frozen=True)
class Split:
    """Numbers of records; `duplicates` say what an earlier one says, and are on its side.

    `same_prompts` is how many validation records ask what a training record asks, with another answer.
    """

    training: int
    validation: int
    duplicates: int
    same_prompts: int


@dataclass(frozen=True)
class _Measured:
    """What of a record is kept in memory."""

    key: bytes
    prompt: bytes
    characters: int


def split_dataset(
    file: Path, *, training: Path, validation: Path, share: float, seed: int, most: int | None = None
) -> Split:
    """Write both files, in the order of `file` (JSON lines); `most` is how many validation records are allowed.

    Raises ConversionError for a record that cannot be read, or too few to split: nothing is written then.
    """
    before = file_state(file)
    records = [_measure(value) for _, value in _records(file)]
    wanted = max(1, min(round(len(records) * share), most or len(records)))
    chosen = _choose(records, wanted, random.Random(seed))
    if not chosen:
        fault = (
            f"has {len(records)} records, too few different ones for a share of {share:g}; add some, or raise --share"
        )
        raise ConversionError(file, 0, fault)
    with atomic(training) as training_stream, atomic(validation) as validation_stream:
        for index, (line, _) in enumerate(_records(file)):
            (validation_stream if index in chosen else training_stream).write(line + b"\n")
        require_unchanged(file, before)
    prompts = {record.prompt for index, record in enumerate(records) if index not in chosen}
    return Split(
        training=len(records) - len(chosen),
        validation=len(chosen),
        duplicates=len(records) - len({record.key for record in records}),
        same_prompts=sum(records[index].prompt in prompts for index in chosen),
    )


def _records(file: Path) -> Iterator[tuple[bytes, Any]]:
    with opened(file) as (stream, kind):
        if kind != "lines":
            raise ConversionError(file, 0, f"is no file of JSON lines ({kind}); make one with kit data convert first")
        for record in read_lines(file, stream):
            if isinstance(record, ConversionError):
                raise record
            yield record.original.strip(), record.value


def _measure(value: Any) -> _Measured:
    said = said_in(value)
    prompt = [(role, text) for role, text in said if role == "user"]
    return _Measured(normalized_key(said), normalized_key(prompt), sum(len(text) for _, text in said))


def _choose(records: list[_Measured], wanted: int, chance: random.Random) -> set[int]:
    """Indexes of the validation records: one group of duplicates from each stratum of like length, the smallest ones.

    At least one group stays for training.
    """
    groups: dict[bytes, list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        groups[record.key].append(index)
    ordered = sorted(groups.values(), key=lambda group: (records[group[0]].characters, group[0]))
    strata = min(wanted, len(ordered) - 1)
    chosen: set[int] = set()
    for part in range(strata):
        stratum = ordered[len(ordered) * part // strata : len(ordered) * (part + 1) // strata]
        smallest = min(map(len, stratum))
        group = chance.choice([group for group in stratum if len(group) == smallest])
        if len(chosen) + len(group) <= wanted:
            chosen.update(group)
    return chosen
