"""Checks dataset files on disk."""

from pathlib import Path

from training_data.checking.checker import PIECE, DatasetChecker
from training_data.checking.dataset_rules import DatasetReport, check_whole
from training_data.checking.file_rules import name_findings, size_findings
from training_data.checking.model_rules import ModelRules
from training_data.checking.repeated_records import add_leakage
from training_data.sources.files import SourceError, file_state, require_unchanged


def check_dataset(
    training: Path, rules: ModelRules, *, validation: Path | None = None, bucket: str | None = None
) -> DatasetReport:
    """`bucket` is where the dataset will be. Raises SourceError for a file that cannot be read."""
    first = _checked(training, rules, across=validation is not None)
    if validation is None:
        report = DatasetReport(first.report, None)
    else:
        second = _checked(validation, rules, across=True)
        report = DatasetReport(first.report, second.report)
        add_leakage(second.report, first.index, second.index)
    check_whole(report, rules, bucket)
    return report


def _checked(path: Path, rules: ModelRules, *, across: bool) -> DatasetChecker:
    """Raises SourceError if the file changes meanwhile, too."""
    before = file_state(path)
    checker = DatasetChecker(rules, across=across, folder=path.parent)
    try:
        with path.open("rb", buffering=0) as file:
            for finding in (*name_findings(path.name, rules), *size_findings(path.stat().st_size, rules)):
                checker.report.add(finding.line, finding.rule, finding.message)
            while piece := file.read(PIECE):
                checker.feed(piece)
    except OSError as error:
        raise SourceError(path, 0, f"cannot be read: {error.strerror}; check path and permissions") from None
    require_unchanged(path, before)
    checker.finish()
    return checker
