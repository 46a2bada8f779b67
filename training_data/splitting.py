"""Splits a dataset into training and validation: seeded, alike in length, no duplicate on both sides.

What must be known of each record is in a temporary SQLite database on disk, so that memory does not grow with the file.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit_contract.counted import counted
from training_data.atomic_output import OutputError, atomic
from training_data.record_texts import normalized_key, prompt_key, turns_in
from training_data.sources.files import SourceError, file_state, lines_of, opened, require_unchanged
from training_data.sources.json_records import read_lines

SCHEMA = "CREATE TABLE record (number INTEGER PRIMARY KEY, content BLOB, prompt BLOB, characters INTEGER, chosen)"
# SQLite takes `characters` from the row that min() names.
GROUPS = "SELECT min(number) AS first, count(*), characters FROM record GROUP BY content ORDER BY characters, first"
CHOOSE = "UPDATE record SET chosen = 1 WHERE content = (SELECT content FROM record WHERE number = ?)"
SAME_PROMPTS = "SELECT count(*) FROM record WHERE chosen AND prompt IN (SELECT prompt FROM record WHERE chosen IS NULL)"


@dataclass(frozen=True)
class Split:
    """Numbers of records. `duplicates` repeat an earlier record and are on its side.

    `same_prompts` is how many validation records have the prompt of a training record, with another answer.
    """

    training: int
    validation: int
    duplicates: int
    same_prompts: int


def split_dataset(
    file: Path, *, training: Path, validation: Path, share: float, seed: int, most: int | None = None
) -> Split:
    """Write both files, in the order of `file` (JSON lines); `most` is how many validation records are allowed.

    Raises SourceError for a record that cannot be read, or too few to split: nothing is written then.
    """
    before = file_state(file)
    try:
        with closing(sqlite3.connect("")) as database:  # no name: a temporary database on disk
            split = _choose(file, database, share, most, random.Random(seed))
            _write(file, database, training, validation, before)
            return split
    except sqlite3.OperationalError as error:
        fix = "free space in the temporary folder, or set SQLITE_TMPDIR to another one"
        raise OutputError(f"the index of the records cannot be written: {error}; {fix}") from None


def _choose(file: Path, database: sqlite3.Connection, share: float, most: int | None, chance: random.Random) -> Split:
    database.execute(SCHEMA)
    rows = ((number, *_measured(value)) for number, value in enumerate(_records(file)))
    database.executemany("INSERT INTO record VALUES (?, ?, ?, ?, NULL)", rows)
    database.execute("CREATE INDEX by_content ON record (content, characters)")
    records, groups = database.execute("SELECT count(*), count(DISTINCT content) FROM record").fetchone()
    wanted = max(1, min(round(records * share), most or records))
    chosen = _validation_groups(database.execute(GROUPS), groups, wanted, chance)
    validation = database.executemany(CHOOSE, ((first,) for first in chosen)).rowcount
    if validation < 1:
        found = counted(records, "record")
        fault = f"has {found}, too few different ones for a share of {share:g}; add some, or raise --share"
        raise SourceError(file, 0, fault)
    return Split(records - validation, validation, records - groups, database.execute(SAME_PROMPTS).fetchone()[0])


def _measured(value: Any) -> tuple[bytes, bytes, int]:
    """Keys of the content and of the prompt, and the number of characters."""
    turns = turns_in(value)
    return normalized_key(turns), prompt_key(turns), sum(len(text) for _, text in turns)


def _validation_groups(
    groups: Iterator[tuple[int, int, int]], count: int, wanted: int, chance: random.Random
) -> Iterator[int]:
    """The first record of each chosen group of duplicates: one from each stratum of like length, a smallest one.

    `groups` are (first record, size, characters) by length. At least one group stays for training.
    """
    strata = min(wanted, count - 1)
    left = wanted
    for stratum in range(strata):
        size = first = alike = 0
        for _ in range(count * (stratum + 1) // strata - count * stratum // strata):
            group, group_size, _ = next(groups)
            if not size or group_size < size:
                size, alike = group_size, 0
            if group_size == size:
                alike += 1
                first = group if chance.randrange(alike) == 0 else first  # each of those alike has the same chance
        if size <= left:
            left -= size
            yield first


def _write(file: Path, database: sqlite3.Connection, training: Path, validation: Path, before: tuple[int, ...]) -> None:
    chosen = (number for (number,) in database.execute("SELECT number FROM record WHERE chosen ORDER BY number"))
    following = next(chosen, None)
    with opened(file) as (source, _), atomic(training) as training_stream, atomic(validation) as validation_stream:
        lines = (item[1].strip() for item in lines_of(file, source) if not isinstance(item, SourceError))
        for number, line in enumerate(filter(None, lines)):
            stream = validation_stream if number == following else training_stream
            stream.write(line + b"\n")
            following = next(chosen, None) if number == following else following
        require_unchanged(file, before)


def _records(file: Path) -> Iterator[Any]:
    with opened(file) as (stream, kind):
        if kind != "lines":
            raise SourceError(file, 0, f"is no file of JSON lines ({kind}); make one with kit data convert first")
        for record in read_lines(file, stream):
            if isinstance(record, SourceError):
                raise record
            yield record.value
