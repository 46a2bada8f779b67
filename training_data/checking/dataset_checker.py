"""Checks a dataset as it streams by: any pieces in, a report out. Memory is bounded by a piece and the longest line."""

from training_data.checking.accepting import accepting_pattern
from training_data.checking.checks import MAX_LINE_BYTES, explain_line
from training_data.checking.dataset_rules import DatasetRules
from training_data.checking.findings import CheckReport, Finding

# Larger pieces cost page faults: the allocator gives them back to the system each time.
PIECE = 1 << 16
HEADS = {
    b"\x1f\x8b": "is compressed (gzip); unpack it first",
    b"PK\x03\x04": "is a zip archive; unpack it first",
    b"PAR1": "is Parquet; make JSON lines of it with kit data convert",
    b"\xff\xfe": "is UTF-16 or UTF-32; save the file as UTF-8",
    b"\xfe\xff": "is UTF-16; save the file as UTF-8",
}


class DatasetChecker:
    """`feed` takes the content in pieces of any size, `finish` ends it. `head`: does it begin the file?"""

    def __init__(self, rules: DatasetRules, *, head: bool = True) -> None:
        self.report = CheckReport()
        self.lines = 0
        self._rules = rules
        self._pattern = accepting_pattern(rules)
        # A line of no more bytes is no long record: escapes take more bytes than what they stand for.
        self._short = rules.doubtful_bytes or MAX_LINE_BYTES
        self._rest: list[bytes] = []
        self._rest_bytes = 0
        self._head = head
        self._refused = False
        self._skipping = False

    def feed(self, piece: bytes) -> None:
        if self._head:
            self._look_at_head(piece)
        if self._refused:
            return
        if self._skipping:
            end = piece.find(b"\n") + 1
            self._skipping = not end
            piece = piece[end:] if end else b""
        end = piece.rfind(b"\n") + 1
        if end:
            self._check(b"".join([*self._rest, piece[:end]]))
            self._rest, self._rest_bytes, piece = [], 0, piece[end:]
        self._rest.append(piece)
        self._rest_bytes += len(piece)
        if self._rest_bytes > MAX_LINE_BYTES:
            self._explain(b"".join(self._rest))
            self._rest, self._rest_bytes, self._skipping = [], 0, True

    def finish(self) -> CheckReport:
        """The report, once the last line is checked, whether or not it ends with a newline."""
        if last := b"".join(self._rest):
            self._check(last + b"\n")
            self._rest = []
        return self.report

    def _look_at_head(self, piece: bytes) -> None:
        self._head = False
        for finding in head_findings(piece):
            self._refused = True
            self.report.add(finding.line, finding.rule, finding.message)

    def _check(self, lines: bytes) -> None:
        """`lines` are whole and each ends with a newline."""
        pattern = self._pattern if lines.isascii() or _is_utf8(lines) else None
        position = 0
        while position < len(lines):
            end = position
            if pattern and (match := pattern.match(lines, position)):
                end = match.end()
                self._accept(lines, position, end)
            position = end
            if end < len(lines):
                position = lines.index(b"\n", end) + 1
                self._explain(lines[end : position - 1])

    def _accept(self, lines: bytes, start: int, end: int) -> None:
        """What matches is good, but for its length."""
        position = start
        while position < end:
            newline = lines.rfind(b"\n", position, min(position + self._short, end))
            if newline < 0:
                newline = lines.index(b"\n", position)
                self._explain(lines[position:newline])
            else:
                accepted = lines.count(b"\n", position, newline + 1)
                self.lines += accepted
                self.report.records += accepted
            position = newline + 1

    def _explain(self, line: bytes) -> None:
        self.lines += 1
        explain_line(line.removesuffix(b"\r"), self.lines, self._rules, self.report)


def head_findings(head: bytes) -> list[Finding]:
    """What a file is that is no JSON lines, from its first bytes; then its lines are not looked at."""
    fault = next((text for mark, text in HEADS.items() if head.startswith(mark)), "")
    if not fault and b"\0" in head[:4096]:
        fault = "holds zero bytes: it is binary or UTF-16; save JSON lines as UTF-8"
    if not fault and head.lstrip()[:1] == b"[":
        fault = "is a JSON array; make JSON lines of it with kit data convert"
    return [Finding(0, "not-json-lines", fault)] if fault else []


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
