"""An effect of the next deploy that somebody may want to know of before, and the kinds that need consent."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """In the order in which they are shown. `leave` needs no consent: data stays in the account, outside the stack."""

    REPLACE = "replace"
    DELETE = "delete"
    BUY = "buy"
    RETRAIN = "retrain"
    REINGEST = "reingest"
    LEAVE = "leave"


ORDER = list(Kind)
NEED_CONSENT = tuple(kind for kind in Kind if kind is not Kind.LEAVE)


@dataclass(frozen=True)
class Effect:
    """`what` says what happens to `subject`, and why. `usd`: paid once; None if unknown, 0 if nothing is.

    `optional`: only with another consent, such as the removal of a stack that left the file. `content`: what else the
    digest stands for, and is not shown: consent to one replacement is none to another one.
    """

    kind: Kind
    subject: str
    what: str
    stack: str = ""
    usd: float | None = 0.0
    optional: bool = False
    content: str = ""


def in_order(effects: Iterable[Effect]) -> list[Effect]:
    return sorted(
        set(effects), key=lambda item: (ORDER.index(item.kind), item.stack, item.subject, item.what, item.content)
    )


def kinds_of(effects: Iterable[Effect]) -> list[Kind]:
    """Those that need consent, in order."""
    found = {item.kind for item in effects if not item.optional}
    return [kind for kind in NEED_CONSENT if kind in found]


def digest_of(effects: Sequence[Effect]) -> str:
    """What stands for exactly these effects, in 8 hexadecimal digits. Prices may change in between."""
    text = "\n".join(
        f"{item.kind.value} {item.stack} {item.subject} {item.what}{item.content}" for item in in_order(effects)
    )
    return hashlib.sha256(text.encode()).hexdigest()[:8]
