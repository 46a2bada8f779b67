"""Options that say of a file what it does not say itself: its columns, its header, its encoding."""

import argparse
import codecs

from kit_contract.errors import InputError
from training_data.sources.reading import Reading


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--columns",
        type=_columns,
        default={},
        metavar="KEY=NAME,...",
        help="prompt=Frage,response=Antwort; numbers without header",
    )
    parser.add_argument("--no-header", dest="header", action="store_false", help="the first row of a table is a record")
    parser.add_argument("--encoding", metavar="NAME", help="of a text file that is not UTF-8, such as windows-1252")


def reading_of(options: argparse.Namespace) -> Reading:
    """Raises InputError for an encoding that Python does not know."""
    try:
        codecs.lookup(options.encoding or "utf-8")
    except LookupError:
        raise InputError(f"--encoding must be one such as windows-1252, got {options.encoding!r}") from None
    return Reading(options.columns, options.header, options.encoding)


def _columns(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",")]
    if any(not (key.strip() and separator and name.strip()) for key, separator, name in pairs):
        raise argparse.ArgumentTypeError(f"must be KEY=NAME pairs such as prompt=Frage,response=Antwort, got {text!r}")
    return {key.strip(): name.strip() for key, _, name in pairs}
