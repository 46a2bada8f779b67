"""Something that is no longer as the last deploy left it, or soon won't be."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum


class Kind(Enum):
    """`unknown` is what could not be looked at."""

    STACK = "stack"
    SERVING = "serving"
    END_OF_LIFE = "end of life"
    PRICES = "prices"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """`do`: what ends it."""

    kind: Kind
    what: str
    why: str
    do: str = ""


def as_text(findings: Sequence[Finding]) -> str:
    if not findings:
        return "no drift: everything is as the last deploy left it"
    return "\n".join(line for item in findings for line in _lines(item))


def as_json(findings: Sequence[Finding]) -> str:
    return json.dumps({"findings": [{**asdict(item), "kind": item.kind.value} for item in findings]}, indent=1)


def _lines(item: Finding) -> list[str]:
    return [f"{item.kind.value}: {item.what}: {item.why}", *([f"  {item.do}"] if item.do else [])]
