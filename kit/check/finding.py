"""One finding of a rule, and how findings are printed: a table, or one JSON object a line."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

WIDEST = 60  # ids with a whole ARN in them would push every other line out of sight
HEAD = ("RULE", "RESOURCE", "REASON", "FIX")


@dataclass(frozen=True, order=True)
class Finding:
    """`resource` is a logical id, or the name of an output or parameter; `fix` says what to change."""

    stack: str
    resource: str
    rule: str
    reason: str
    fix: str


def as_table(findings: Sequence[Finding]) -> str:
    """One finding a line. The last two columns are sentences, so they are not cut."""
    rows = [HEAD, *((item.rule, f"{item.stack}/{item.resource}", item.reason, item.fix) for item in findings)]
    widths = [min(max(len(row[column]) for row in rows), WIDEST) for column in range(2)]
    return "\n".join(f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]} -> {row[3]}" for row in rows)


def as_lines(findings: Sequence[Finding]) -> str:
    return "\n".join(json.dumps(asdict(item)) for item in findings)
