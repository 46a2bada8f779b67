"""`kit data redact`: personal data out of the texts. Exit code 0: written, 1: records left out, 2: nothing written."""

import argparse
from pathlib import Path

from kit.data.reading_options import add_reading_arguments, reading_of
from kit_contract.counted import counted
from training_data.atomic_output import refuse_output
from training_data.redaction import DEFAULT_KINDS, ON_REQUEST, finder, redact_file

NOT_FOUND = "not looked for, because no pattern tells them: names, addresses, what only the context gives away"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"kinds: {', '.join(DEFAULT_KINDS)}; only if asked for: {', '.join(ON_REQUEST)}. {NOT_FOUND}"
    parser.add_argument("file", type=Path, metavar="FILE", help="any file that kit data convert reads")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="the same records, JSON lines")
    parser.add_argument(
        "--kinds", type=_kinds, default=DEFAULT_KINDS, metavar="KIND,...", help="instead of the usual ones"
    )
    add_reading_arguments(parser)
    parser.add_argument("--force", action="store_true", help="replace an existing output")


def _kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(kind.strip().upper() for kind in text.split(","))
    known = (*DEFAULT_KINDS, *ON_REQUEST)
    if unknown := [kind for kind in kinds if kind not in known]:
        raise argparse.ArgumentTypeError(f"must be of {', '.join(known)}, got {', '.join(unknown)}")
    return kinds


def run(options: argparse.Namespace) -> int:
    refuse_output(options.output, [options.file], force=options.force)
    redaction = redact_file(options.file, options.output, finder(options.kinds), reading_of(options))
    for kind, count in redaction.by_kind.most_common():
        print(f"{count:>8,} {kind}")
    print(f"{options.output}: {counted(redaction.records, 'record')}, something taken out of {redaction.touched:,}")
    if redaction.unreadable:
        unreadable = counted(len(redaction.unreadable), "record")
        print(f"left out, unreadable: {unreadable}, the first: {redaction.unreadable[0]}")
    print(NOT_FOUND)
    return 1 if redaction.unreadable else 0
