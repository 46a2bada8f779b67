"""What a check found: findings would fail the job or make it worthless, warnings may. Pure."""

from dataclasses import dataclass, field

SHOWN_FINDINGS = 50
# A rule warns where one source of AWS refuses what another takes in words, where only an estimate speaks, or where a
# record may be meant so.
WARNING_RULES = frozenset(
    {
        "bucket-owner",
        "duplicate-record",
        "empty-system",
        "few-records",
        "long-record",
        "media-format-doubtful",
        "placeholder",
        "reserved-word-doubtful",
        "schema-version-value",
        "shared-prompt",
        "turns-doubtful",
        "unknown-base-model",
    }
)


@dataclass(frozen=True)
class Finding:
    """One fault: `line` counts from 1; 0 means the file as a whole."""

    line: int
    rule: str
    message: str


@dataclass
class CheckReport:
    """`findings` and `warnings` hold the first 50 each, the counts count all. `tokens`: estimated, of all records.

    `media` maps each kind of media to its first line, `buckets` each bucket that media are in, 50 at most.
    """

    records: int = 0
    tokens: int = 0
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
