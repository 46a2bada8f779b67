"""`kit data check`: FILE:LINE, what was found and the fix. Exit code 0: accepted, 1: findings, 2: could not check."""

import argparse
import dataclasses
import json
from pathlib import Path

from model_catalog import catalog
from model_catalog.selection import method_name
from training_data.checking.dataset_rules import DatasetReport
from training_data.checking.files import check_dataset
from training_data.checking.findings import SHOWN_FINDINGS, CheckReport
from training_data.checking.model_rules import METHODS, ModelRules, model_rules

EPILOG = "exit codes: 0 accepted (there may be warnings), 1 findings, 2 could not check; rules: docs/datasets.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON lines in the base model's record format")
    parser.add_argument("--model", required=True, metavar="ID", help="customization id or inference id")
    parser.add_argument(
        "--method",
        default="FINE_TUNING",
        type=method_name,
        choices=METHODS,
        metavar="METHOD",
        help=f"{', '.join(METHODS)} (default: FINE_TUNING)",
    )
    parser.add_argument("--validation", type=Path, metavar="FILE", help="validation set; counted together with FILE")
    parser.add_argument("--bucket", metavar="NAME", help="bucket where the dataset will be; its media must be in it")
    parser.add_argument("--json", action="store_true", help="the report as JSON")


def run(options: argparse.Namespace) -> int:
    rules = rules_for(options.model, options.method)
    report = check_dataset(options.file, rules, validation=options.validation, bucket=options.bucket)
    parts = report_parts(report, options.file, options.validation)
    print(_as_json(report, parts, options) if options.json else as_text(parts))
    return 0 if report.passes else 1


def rules_for(model: str, method: str) -> ModelRules:
    """Raises CatalogError for a model that is unknown or is not customized by this method."""
    found = catalog.find(model)
    customization, base_model = found.customizations.get(method), found.customization_id
    if customization is None or base_model is None:
        able = ", ".join(found.customizations) or "nothing"
        fix = f"kit models --customizable {method} lists what can be"
        raise catalog.CatalogError(f"{model} cannot be customized by {method}, allowed: {able}; {fix}")
    return model_rules(base_model, method, customization.limits)


Parts = list[tuple[Path, CheckReport]]


def report_parts(report: DatasetReport, file: Path, validation: Path | None) -> Parts:
    """The report on each file, with the file."""
    parts = [(file, report.training)]
    if validation and report.validation:
        parts.append((validation, report.validation))
    return parts


def _as_json(report: DatasetReport, parts: Parts, options: argparse.Namespace) -> str:
    files = [{"file": str(file), **dataclasses.asdict(part)} for file, part in parts]
    return json.dumps({"passes": report.passes, "model": options.model, "method": options.method, "files": files})


def as_text(parts: Parts) -> str:
    """Findings, warnings and counts of each file."""
    lines = []
    for file, part in parts:
        shown = [("", item) for item in part.findings] + [("warning: ", item) for item in part.warnings]
        lines += [
            f"{file}:{item.line}: {kind}{item.message}" if item.line else f"{file}: {kind}{item.message}"
            for kind, item in shown
        ]
        counted = f"{part.records:,} record{'' if part.records == 1 else 's'}"
        lines.append(f"{file}: {counted}, {_counts(part.finding_count, part.by_rule, 'finding')}")
        if part.warning_count:
            lines.append(f"{file}: {_counts(part.warning_count, part.warnings_by_rule, 'warning')}")
    return "\n".join(lines)


def _counts(total: int, by_rule: dict[str, int], noun: str) -> str:
    counts = ", ".join(f"{rule} {count:,}" for rule, count in sorted(by_rule.items()))
    more = f"; the first {SHOWN_FINDINGS} are shown" if total > SHOWN_FINDINGS else ""
    return f"{total:,} {noun}{'' if total == 1 else 's'}{f' ({counts})' if counts else ''}{more}"
