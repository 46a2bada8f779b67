"""What became of documents that were put or deleted, for people and as JSON."""

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence

from kit.knowledge.direct_ingestion import Outcome
from kit.progress import Progress
from kit.runs.words import one_line

SHOWN = 20


def report(outcomes: Sequence[Outcome], progress: Progress, *, wanted: str, as_json: bool) -> int:
    """The exit code: 0 if each has the status `wanted`."""
    failures = [one for one in outcomes if one.status != wanted]
    progress.end_bar()
    for one in failures[:SHOWN]:
        progress.line(f"{one.document}  {one.status}  {one_line(one.reason)}".rstrip())
    if len(failures) > SHOWN:
        progress.line(f"and {len(failures) - SHOWN:,} more; all of them: --json")
    counted = Counter(one.status for one in outcomes)
    progress.done(", ".join(f"{count:,} {status}" for status, count in sorted(counted.items())) or "nothing to do")
    if as_json:
        print(json.dumps([dataclasses.asdict(one) for one in outcomes], indent=1, ensure_ascii=False))
    return 1 if failures else 0
