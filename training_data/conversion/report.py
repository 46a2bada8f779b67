"""What a conversion dropped or changed, source record by source record, with the original: a table and JSON lines."""

import base64
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import BinaryIO

from training_data.conversion.record_conversion import Converted
from training_data.sources.files import SourceError

SHOWN_EACH = 3
SHOWN_CHARACTERS = 200


@dataclass
class ConversionReport:
    """Counts in memory; each dropped or changed record goes to `stream` at once, if there is one.

    `reasons` counts by (action, reason without what differs from record to record); `examples` are their first lines
    and `first` is the reason of the first one in full.
    """

    stream: BinaryIO | None = None
    converted: int = 0
    written: int = 0
    dropped: int = 0
    changed: int = 0
    shapes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    first: dict[tuple[str, str], str] = field(default_factory=dict)

    def add_converted(self, file: str, item: Converted) -> None:
        self.converted += 1
        self.written += len(item.records)
        self.shapes[item.shape] += 1
        if item.changes:
            self.changed += 1
            self._add(file, item.line, "changed", item.changes, item.original)

    def add_dropped(self, file: str, error: SourceError) -> None:
        self.dropped += 1
        self._add(file, error.line, "dropped", (error.message,), error.original)

    def _add(self, file: str, line: int, action: str, reasons: tuple[str, ...], original: bytes) -> None:
        for reason in reasons:
            key = (action, _kind(reason))
            self.reasons[key] += 1
            self.first.setdefault(key, reason[:SHOWN_CHARACTERS])
            examples = self.examples.setdefault(key, [])
            if len(examples) < SHOWN_EACH:
                examples.append(f"{file}:{line}")
        if self.stream:
            entry = {"file": file, "line": line, "action": action, "reasons": reasons, **_recoverable(original)}
            self.stream.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")

    def table(self) -> list[str]:
        """Lines for people: what was recognised, then what was dropped and changed, the most frequent first."""
        shapes = ", ".join(f"{shape} {count:,}" for shape, count in self.shapes.most_common()) or "none"
        lines = [
            f"recognised: {shapes}",
            f"records written {self.written:,}, dropped {self.dropped:,}, changed {self.changed:,}",
        ]
        for key, count in sorted(self.reasons.items(), key=lambda item: (item[0][0] == "changed", -item[1])):
            more = ", ..." if count > len(self.examples[key]) else ""
            lines += [f"  {key[0]} {count:>6,}  {self.first[key]}", f"{'':17}{', '.join(self.examples[key])}{more}"]
        return lines


def _kind(reason: str) -> str:
    """A reason up to what differs from record to record, so that equal ones are counted together."""
    return re.sub(r"\d+", "0", reason.split(", got ")[0].split(": ")[0][:120])


def _recoverable(original: bytes) -> dict[str, str]:
    try:
        return {"original": original.decode("utf-8")}
    except UnicodeDecodeError:
        return {"original_base64": base64.b64encode(original).decode()}
