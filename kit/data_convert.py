"""`kit data convert`: what people have -> what a model and method need.

Exit code 0: all of it, 1: written, but with losses or findings, 2: nothing written.
"""

import argparse
import sys
from pathlib import Path

from kit.data_target import METHODS, DatasetTarget, dataset_target
from model_catalog.catalog import CatalogError
from training_data.atomic_output import OutputError
from training_data.checks import CheckReport, check_records
from training_data.conversion import UNLABELLED, Target
from training_data.convert_dataset import convert_dataset
from training_data.source_files import ConversionError
from training_data.source_shapes import SHAPES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON lines or array, CSV, TSV, Parquet; gzip or not")
    parser.add_argument("--model", required=True, metavar="ID", help="customization id or inference id")
    parser.add_argument("--method", choices=METHODS, default="fine-tuning", help="default: fine-tuning")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="the dataset, JSON lines")
    parser.add_argument("--report", type=Path, metavar="FILE", help="every dropped and changed record, JSON lines")
    parser.add_argument("--from", dest="shape", choices=list(SHAPES), help="the source's shape, if not to be detected")
    parser.add_argument(
        "--columns", type=_columns, default={}, metavar="KEY=NAME,...", help="prompt=Frage,response=Antwort"
    )
    parser.add_argument("--system", metavar="TEXT", help="system prompt for records without one")
    parser.add_argument("--unlabelled", choices=UNLABELLED, default="refuse", help="what plain texts become")
    parser.add_argument("--force", action="store_true", help="replace an existing output")


def _columns(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",")]
    if any(not (key.strip() and separator and name.strip()) for key, separator, name in pairs):
        raise argparse.ArgumentTypeError(f"must be KEY=NAME pairs such as prompt=Frage,response=Antwort, got {text!r}")
    return {key.strip(): name.strip() for key, _, name in pairs}


def run(options: argparse.Namespace) -> int:
    try:
        wanted = dataset_target(options.model, options.method)
        target = Target(wanted.record_format, options.system, options.unlabelled, options.shape, options.columns)
        report = convert_dataset(
            options.file, target, output=options.output, report_file=options.report, force=options.force
        )
    except (CatalogError, ConversionError, OutputError) as error:
        print(f"kit data convert: {error}\nnothing was written", file=sys.stderr)
        return 2
    print("\n".join(report.table()))
    if wanted.statement:
        print(wanted.statement)
    checked = _check(options.output, wanted)
    print(f"{options.output}: {wanted.record_format}, {report.written} records for {options.model}")
    if (report.dropped or report.changed) and not options.report:
        print("--report FILE writes every dropped and changed record with its original")
    return 1 if report.dropped or (checked and checked.finding_count) else 0


def _check(output: Path, wanted: DatasetTarget) -> CheckReport | None:
    if not wanted.checked:
        print(f"{output}: no rules are known for {wanted.record_format}; not checked")
        return None
    with output.open("rb") as lines:
        report = check_records(
            lines,
            record_format=wanted.record_format,
            min_records=wanted.min_records,
            max_records=wanted.max_records,
        )
    for finding in report.findings:
        print(f"{output}:{finding.line}: {finding.message}" if finding.line else f"{output}: {finding.message}")
    counts = ", ".join(f"{rule} {count}" for rule, count in sorted(report.by_rule.items())) or "none"
    print(f"checked: {report.records} records, findings: {counts}")
    return report
