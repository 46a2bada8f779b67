"""Checks a dataset as it streams by: pieces of any size in, a report out. Memory is bounded by a piece and a line."""

from pathlib import Path

from training_data.checking.file_rules import content_findings
from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules
from training_data.checking.record_rules import MAX_LINE_BYTES, check_line
from training_data.checking.repeated_records import RecordIndex, add_duplicates
from training_data.checking.shape_rules import other_shape

PIECE = 1 << 16


class DatasetChecker:
    """Call `feed` with the content piece by piece, the first of PIECE bytes if there are that many; then `finish`.

    `across` says that the other of training and validation set is checked too: `index` is for `add_leakage` then.
    `folder` is where the dataset lies, for images and videos beside it.
    """

    def __init__(self, rules: ModelRules, *, across: bool = False, folder: Path | None = None) -> None:
        self.report = CheckReport()
        self.index = RecordIndex(rules.limits.max_records, across=across)
        self._rules, self._folder = rules, folder
        self._lines = 0
        self._rest = b""
        self._begun = self._refused = self._skipping = False

    def feed(self, piece: bytes) -> None:
        if not self._begun:
            self._begin(piece)
        if self._refused:
            return
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._check(line)
        if len(self._rest) > MAX_LINE_BYTES:
            if not self._skipping:
                self._check(self._rest)
            self._rest, self._skipping = b"", True

    def finish(self) -> CheckReport:
        """The report, once the last line is checked, whether or not it ends with a newline."""
        if self._rest:
            self._check(self._rest)
            self._rest = b""
        add_duplicates(self.report, self.index)
        return self.report

    def _begin(self, head: bytes) -> None:
        self._begun = True
        for finding in content_findings(head):
            self._refused = True
            self.report.add(finding.line, finding.rule, finding.message)

    def _check(self, line: bytes) -> None:
        if self._skipping:  # the end of a line that was reported when it became too long
            self._skipping = False
            return
        self._lines += 1
        if self._lines == 1 and (fault := other_shape(line, self._rules)):
            self.report.add(0, "other-shape", fault)
            self._refused = True
        if self._refused:
            return
        check_line(line.removesuffix(b"\r"), self._lines, self._rules, self.report, self.index, self._folder)
