"""Checks dataset files on disk."""

from pathlib import Path

from training_data.checking.checker import PIECE, DatasetChecker
from training_data.checking.dataset_rules import DatasetReport, check_whole
from training_data.checking.file_rules import name_findings, size_findings
from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules
from training_data.sources.files import SourceError, file_state, require_unchanged


def check_dataset(
    training: Path, rules: ModelRules, *, validation: Path | None = None, bucket: str | None = None
) -> DatasetReport:
    """`bucket` is where the dataset will be. Raises SourceError for a file that cannot be read."""
    report = DatasetReport(check_file(training, rules), check_file(validation, rules) if validation else None)
    check_whole(report, rules, bucket)
    return report


def check_file(path: Path, rules: ModelRules) -> CheckReport:
    """The report on one file. Raises SourceError if it cannot be read, or changes meanwhile."""
    before = file_state(path)
    checker = DatasetChecker(rules)
    try:
        with path.open("rb", buffering=0) as file:
            for finding in (*name_findings(path.name, rules), *size_findings(path.stat().st_size, rules)):
                checker.report.add(finding.line, finding.rule, finding.message)
            while piece := file.read(PIECE):
                checker.feed(piece)
    except OSError as error:
        raise SourceError(path, 0, f"cannot be read: {error.strerror}; check path and permissions") from None
    require_unchanged(path, before)
    return checker.finish()
