"""`kit data check`: FILE:LINE, what was found and the fix. Exit code 0: no fault, 1: faults, 2: could not check."""

import argparse
import sys
from pathlib import Path

from model_catalog import catalog
from training_data.checks import CheckReport, check_records


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON lines in the base model's record format")
    parser.add_argument("--model", required=True, metavar="ID", help="customization id or inference id")


def run(options: argparse.Namespace) -> int:
    try:
        report = _check(options)
    except (catalog.CatalogError, OSError) as error:
        print(f"kit data check: {error}", file=sys.stderr)
        return 2
    for finding in report.findings:
        place = f"{options.file}:{finding.line}" if finding.line else str(options.file)
        print(f"{place}: {finding.message}")
    counts = ", ".join(f"{rule} {count}" for rule, count in sorted(report.by_rule.items()))
    print(f"{report.records} records, {report.finding_count} findings{f' ({counts})' if counts else ''}")
    return 1 if report.finding_count else 0


def _check(options: argparse.Namespace) -> CheckReport:
    customization = catalog.find(options.model).customization
    if customization is None:
        raise catalog.CatalogError(f"{options.model} cannot be customized; kit models --customizable lists what can")
    with options.file.open("rb") as lines:
        return check_records(
            lines,
            record_format=customization.record_format,
            min_records=customization.min_records,
            max_records=customization.max_records,
        )
