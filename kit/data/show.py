"""`kit data show`: records as the model sees them. Exit code 0, 1: one cannot be trained on as it is, 2: no record."""

import argparse
import re
from pathlib import Path

from kit.data.reading_options import add_reading_arguments, reading_of
from kit_contract.counted import counted
from training_data.record_view import RecordView, record_view
from training_data.sources.files import SourceError
from training_data.sources.records import read_records

RANGE = re.compile(r"([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?")
# What a terminal would obey instead of showing it: control characters and turns of the writing direction.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ROLE, TOKENS = 10, 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="any file that kit data convert reads")
    parser.add_argument("numbers", type=_numbers, metavar="N[-M]", help="which records, counted from 1")
    parser.add_argument("--lines", action="store_true", help="N and M are lines of the file, as in findings")
    add_reading_arguments(parser)


def _numbers(text: str) -> range:
    match = RANGE.fullmatch(text)
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not first or last < first:
        raise argparse.ArgumentTypeError(f"must be a record's number or a range such as 3-7, got {text!r}")
    return range(first, last + 1)


def run(options: argparse.Namespace) -> int:
    """Print each record of the range; reading ends with the last one."""
    found, faults, number = 0, 0, 0
    reading = reading_of(options)
    for number, source in enumerate(read_records(options.file, reading), 1):
        if isinstance(source, SourceError) and source.ends:
            raise source
        place = source.line if options.lines else number
        if place >= options.numbers.stop:
            break
        if place not in options.numbers:
            continue
        if found:
            print()
        found += 1
        title = f"{options.file.name}, record {number:,}, line {source.line:,}"
        if isinstance(source, SourceError):
            faults += 1
            print(f"{title}: {_plain(source.message)}")
            continue
        view = record_view(reading.renamed(source.value))
        faults += bool(view.fault)
        print("\n".join(_rows(title, view)))
    if not found:
        what = "no record begins there" if options.lines else f"it has {counted(number, 'record')}"
        raise SourceError(options.file, 0, f"{_shown(options.numbers)}: {what}; name others")
    return 1 if faults else 0


def _rows(title: str, view: RecordView) -> list[str]:
    """A line of what it is, then role, tokens and text of each turn."""
    rows = [f"{title}: {view.shape}, {counted(len(view.turns), 'text')}, about {sum(view.tokens):,} tokens"]
    for (role, text), tokens in zip(view.turns, view.tokens, strict=True):
        first, *rest = _plain(text).split("\n")
        rows.append(f"  {_plain(role):<{ROLE}}{tokens:>{TOKENS},}  {first}")
        rows += [f"  {'':<{ROLE + TOKENS}}  {line}" for line in rest]
    rows += [f"  note: {_plain(note)}" for note in view.notes]
    return [*rows, *([f"  cannot be trained on as it is: {_plain(view.fault)}"] if view.fault else [])]


def _plain(text: str) -> str:
    return CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _shown(numbers: range) -> str:
    return f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
