"""`kit data stats`: what a dataset is like, and what it is worth. Exit code 0, or 2: could not read."""

import argparse
from pathlib import Path

from kit.data.check import rules_for
from kit.data.reading_options import add_reading_arguments, reading_of
from kit.data.training_cost import cost_lines, training_costs
from kit.data.worth import worth_lines
from kit.data.would_convert import would_convert_lines
from kit_contract.counted import counted
from kit_contract.dataset_limits import CONVERSE
from training_data.atomic_output import refuse_output
from training_data.language_mix import language_mix
from training_data.length_histogram import text_histogram, write_picture
from training_data.optional_packages import MissingPackageError
from training_data.statistics import DatasetStatistics, measure, percentile
from training_data.token_estimate import BYTES_PER_TOKEN

SHOWN_LANGUAGES = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="any file that kit data convert reads")
    parser.add_argument("--model", metavar="ID", help="marks its token limit and counts longer records")
    parser.add_argument("--validation", type=Path, metavar="FILE", help="counts its records that FILE has too")
    parser.add_argument("--epochs", type=_epochs, metavar="N", help="for the cost (default: the base model's)")
    add_reading_arguments(parser)
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="the histogram as a picture")
    parser.add_argument("--force", action="store_true", help="replace an existing picture")


def _epochs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 1,000, got {text!r}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    limits = rules_for(options.model, "FINE_TUNING").limits if options.model else None
    limit = limits.max_tokens if limits else None
    if options.plot:
        refuse_output(options.plot, [options.file], force=options.force)
    reading = reading_of(options)
    statistics = measure(options.file, options.validation, reading)
    converted = would_convert_lines(options.file, limits.record_format if limits else CONVERSE, reading)
    tokens = sum(statistics.tokens)
    costs = cost_lines(tokens, training_costs(tokens, options.model, options.epochs))
    bars = text_histogram(statistics.tokens)
    print("\n".join([*_lines(statistics, limit), *converted, *worth_lines(statistics), *bars, *costs]))
    if options.plot:
        write_picture(statistics.tokens, limit, options.plot)
        print(f"picture: {options.plot}")
    return 0


def _lines(statistics: DatasetStatistics, limit: int | None) -> list[str]:
    tokens, records = statistics.tokens, len(statistics.tokens)
    turns = ", ".join(
        f"{number} in {counted(count, 'record')}" for number, count in sorted(statistics.turns.items())[:12]
    )
    lines = [
        f"records: {records:,}, {statistics.with_system:,} with a system prompt",
        f"tokens, estimated as {BYTES_PER_TOKEN} bytes of UTF-8 each: {sum(tokens):,} in all",
        f"  of a record: {percentile(tokens, 0.5):,} at the median, {percentile(tokens, 0.95):,} at the 95th "
        f"percentile, {max(tokens, default=0):,} at most",
        f"turns: {turns}",
        f"duplicates: {statistics.exact_duplicates:,} word for word, {statistics.normalized_duplicates:,} "
        "but for upper case, blanks, punctuation and system prompt",
    ]
    if limit:
        longer = sum(count > limit for count in tokens)
        lines.append(f"longer than the base model's {limit:,} tokens, by this estimate: {counted(longer, 'record')}")
    if statistics.unreadable:
        first = statistics.unreadable[0]
        lines.append(f"unreadable: {counted(len(statistics.unreadable), 'record')}, the first: {first}")
    return [*lines, _languages(statistics.sample)]


def _languages(sample: list[str]) -> str:
    try:
        found = language_mix(sample)
    except MissingPackageError as error:
        return f"languages: {error}"
    shares = ", ".join(f"{name} {count / len(sample):.0%}" for name, count in found.most_common(SHOWN_LANGUAGES))
    return f"languages (of {counted(len(sample), 'record')}, by py3langid): {shares or 'none'}"
