"""Rules for a dataset as a whole: counts of both files together, media in one bucket and of one kind. Pure."""

from dataclasses import dataclass

from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules


@dataclass(frozen=True)
class DatasetReport:
    """Findings about the whole dataset are in the report on the training file, with line 0."""

    training: CheckReport
    validation: CheckReport | None

    @property
    def passes(self) -> bool:
        return not self.training.finding_count and not (self.validation and self.validation.finding_count)


def check_whole(report: DatasetReport, rules: ModelRules, bucket: str | None) -> None:
    """Add what only the whole dataset shows. `bucket` is where the dataset will be."""
    parts = [report.training, *([report.validation] if report.validation else [])]
    _check_count(report.training, sum(part.records for part in parts), rules)
    if report.validation:
        _check_validation(report.validation, rules)
    for part in parts:
        _check_buckets(part, bucket or next(iter(report.training.buckets), None), named=bucket is not None)
    if {"image", "video"} <= {kind for part in parts for kind in part.media}:
        lines = ", ".join(f"{kind} in line {line}" for part in parts for kind, line in part.media.items())
        message = f"a dataset may hold images or videos, not both, got {lines}; make two datasets"
        report.training.add(0, "media-mixed", message)
    if not rules.known:
        message = f"the kit has no rules for {rules.base_model}; only its record format and limits were checked"
        report.training.add(0, "unknown-base-model", message)


def _check_count(report: CheckReport, records: int, rules: ModelRules) -> None:
    """`records` are training and validation records together."""
    fewest, most, usual = rules.limits.min_records, rules.limits.max_records, rules.usual_min_records
    if report.by_rule.keys() & {"not-json-lines", "other-shape"}:
        return
    if report.records < fewest or records > most:
        fix = "add records" if report.records < fewest else "use fewer records"
        report.add(0, "record-count", f"must hold {fewest:,} to {most:,} records, got {records:,}; {fix}")
    elif report.records < usual:
        message = f"AWS's validators ask for {usual} records, the guide for {fewest}, got {records}; add records"
        report.add(0, "few-records", message)


def _check_validation(report: CheckReport, rules: ModelRules) -> None:
    most = rules.limits.max_validation_records
    if most == 0:
        report.add(0, "validation-set", f"{rules.base_model} takes no validation set; leave it out")
    elif most is not None and report.records > most:
        fix = "use fewer validation records"
        report.add(0, "validation-set", f"may hold {most:,} records, got {report.records:,}; {fix}")


def _check_buckets(report: CheckReport, bucket: str | None, *, named: bool) -> None:
    fix = "copy them there, or name their prefix in media of deployment.toml"
    for found, line in report.buckets.items():
        if found != bucket:
            place = f"the dataset's bucket {bucket}" if named else f"one bucket, the first is in {bucket}"
            report.add(line, "media-bucket", f"media must be in {place}, got {found}; {fix}")
