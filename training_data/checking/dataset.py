"""A dataset as a whole: training and validation file, counted together, media in one bucket and of one kind."""

from dataclasses import dataclass
from pathlib import Path

from training_data.checking.checks import add_count
from training_data.checking.dataset_file import check_file
from training_data.checking.dataset_rules import DatasetRules
from training_data.checking.findings import CheckReport


@dataclass(frozen=True)
class DatasetReport:
    """What concerns the dataset as a whole stands in the report on the training file, with line 0."""

    training: CheckReport
    validation: CheckReport | None

    @property
    def passes(self) -> bool:
        return not self.training.finding_count and not (self.validation and self.validation.finding_count)


def check_dataset(
    training: Path, rules: DatasetRules, *, validation: Path | None = None, bucket: str | None = None
) -> DatasetReport:
    """`bucket` is where the dataset will lie. Raises DatasetFileError for a file that cannot be checked."""
    report = DatasetReport(check_file(training, rules), check_file(validation, rules) if validation else None)
    add_whole(report, rules, bucket)
    return report


def add_whole(report: DatasetReport, rules: DatasetRules, bucket: str | None) -> None:
    """Add what only the whole shows: counts, media of two kinds or elsewhere, a validation set that is not taken."""
    parts = [report.training, *([report.validation] if report.validation else [])]
    add_count(report.training, sum(part.records for part in parts), rules)
    if report.validation:
        _validation(report.validation, rules)
    for part in parts:
        _buckets(part, bucket or next(iter(report.training.buckets), None), named=bucket is not None)
    if {"image", "video"} <= {kind for part in parts for kind in part.media}:
        lines = ", ".join(f"{kind} in line {line}" for part in parts for kind, line in part.media.items())
        message = f"a dataset may hold images or videos, not both, got {lines}; make two datasets"
        report.training.add(0, "media-mixed", message)
    if not rules.known:
        message = f"{rules.base_model} has no rules of its own in this kit; only its record format was checked"
        report.training.add(0, "unknown-base-model", message)


def _validation(report: CheckReport, rules: DatasetRules) -> None:
    if rules.validation == "no":
        report.add(0, "validation-set", f"{rules.base_model} takes no validation set; leave it out")
    elif rules.validation == "doubtful":
        message = (
            f"AWS's validator takes no validation set for {rules.base_model}, the guide does; leave it out to be sure"
        )
        report.add(0, "validation-set-doubtful", message)
    most = rules.max_validation_records
    if most is not None and report.records > most:
        fix = "use fewer validation records"
        report.add(0, "validation-set", f"may hold {most:,} records, got {report.records:,}; {fix}")


def _buckets(report: CheckReport, bucket: str | None, *, named: bool) -> None:
    for found, line in report.buckets.items():
        if found != bucket:
            place = f"the dataset's bucket {bucket}" if named else f"one bucket, the first is in {bucket}"
            report.add(line, "media-bucket", f"media must lie in {place}, got {found}; copy them there")
