"""What a check found: findings would fail the job; warnings are where AWS's own sources contradict each other. Pure."""

from dataclasses import dataclass, field

SHOWN_FINDINGS = 50
# A rule warns where one source of AWS refuses what another takes in words, or where only an estimate speaks.
WARNING_RULES = frozenset(
    {
        "bucket-owner",
        "few-records",
        "long-record",
        "media-format-doubtful",
        "reserved-word-doubtful",
        "schema-version-value",
        "turns-doubtful",
        "unknown-base-model",
        "validation-set-doubtful",
    }
)


@dataclass(frozen=True)
class Finding:
    """One fault: `line` counts from 1; 0 stands for the file as a whole."""

    line: int
    rule: str
    message: str


@dataclass
class CheckReport:
    """`findings` and `warnings` hold the first 50 each, the counts count all.

    `media` is the first line of each kind of media and `buckets` that of each bucket which media lie in, 50 at most.
    """

    records: int = 0
    findings: list[Finding] = field(default_factory=list)
    finding_count: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    warnings: list[Finding] = field(default_factory=list)
    warning_count: int = 0
    warnings_by_rule: dict[str, int] = field(default_factory=dict)
    media: dict[str, int] = field(default_factory=dict)
    buckets: dict[str, int] = field(default_factory=dict)

    def add(self, line: int, rule: str, message: str) -> None:
        if rule in WARNING_RULES:
            self.warning_count += 1
            shown, counts = self.warnings, self.warnings_by_rule
        else:
            self.finding_count += 1
            shown, counts = self.findings, self.by_rule
        counts[rule] = counts.get(rule, 0) + 1
        if len(shown) < SHOWN_FINDINGS:
            shown.append(Finding(line, rule, message))

    def add_medium(self, line: int, kind: str, bucket: str) -> None:
        self.media.setdefault(kind, line)
        if bucket not in self.buckets and len(self.buckets) < SHOWN_FINDINGS:
            self.buckets[bucket] = line

    def append(self, later: "CheckReport", lines_before: int) -> None:
        """Take in the report on the lines that follow; its line numbers begin anew with 1."""
        self.records += later.records
        self.finding_count += later.finding_count
        self.warning_count += later.warning_count
        for mine, theirs in ((self.by_rule, later.by_rule), (self.warnings_by_rule, later.warnings_by_rule)):
            for rule, count in theirs.items():
                mine[rule] = mine.get(rule, 0) + count
        for shown, more in ((self.findings, later.findings), (self.warnings, later.warnings)):
            moved = (Finding(item.line + lines_before, item.rule, item.message) for item in more)
            shown.extend(list(moved)[: SHOWN_FINDINGS - len(shown)])
        for kind, line in later.media.items():
            self.media.setdefault(kind, line + lines_before)
        for bucket, line in later.buckets.items():
            if bucket not in self.buckets and len(self.buckets) < SHOWN_FINDINGS:
                self.buckets[bucket] = line + lines_before
