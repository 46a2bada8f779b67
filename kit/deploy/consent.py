"""Whether a deploy may go on: what it replaces, deletes, buys, trains and ingests again needs a yes.

At a terminal it asks. Without one, `--accept` names each kind; with `@DIGEST` it means exactly what `kit diff` showed.
"""

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from kit.deploy.effects.effect import NEED_CONSENT, Effect, Kind, digest_of, kinds_of

ACCEPT = "--accept"
NAMES = {kind.value: kind for kind in NEED_CONSENT}


@dataclass(frozen=True)
class Accepted:
    kinds: frozenset[Kind] = frozenset()
    digest: str = ""


def accepted(text: str) -> Accepted:
    """The value of --accept: `replace,buy` or `replace,buy@1a2b3c4d`. Raises argparse's error."""
    kinds, at, digest = text.partition("@")
    names = [name.strip() for name in kinds.split(",") if name.strip()]
    unknown = sorted(set(names) - set(NAMES))
    if unknown or not names or (at and not digest):
        got = ", ".join(unknown) or text
        raise argparse.ArgumentTypeError(f"must be one or more of {','.join(NAMES)}, each by its name, got {got!r}")
    return Accepted(frozenset(NAMES[name] for name in names), digest)


def agreed(
    effects: Sequence[Effect],
    given: Accepted,
    *,
    more: Collection[Kind] = (),
    said: Callable[[str], str] = str,
) -> bool:
    """`more`: kinds that other options accept. Asks where something is left, and says what was missing.

    `said` gives commands their options.
    """
    if given.digest and given.digest != (now := digest_of(effects)):
        text = f"nothing was deployed: {ACCEPT} is for {given.digest}, but the effects of this deploy are {now}; look "
        print(said(f"{text}at them with kit diff, and accept those"), file=sys.stderr)
        return False
    left = [kind for kind in kinds_of(effects) if kind not in given.kinds and kind not in more]
    if not left:
        return True
    wanted = ",".join(kind.value for kind in kinds_of(effects))
    if not sys.stdin.isatty():
        print(
            f"nothing was deployed: it needs consent to {_listed(left)}, and there is no terminal to ask on; if you "
            f"agree to the table, add {ACCEPT} {wanted}",
            file=sys.stderr,
        )
        return False
    try:
        yes = input(f"Deploy, and {_listed(left)}? Type yes: ").strip() == "yes"
    except EOFError:
        print()
        yes = False
    if not yes:
        print("nothing was deployed", file=sys.stderr)
    return yes


def _listed(kinds: Sequence[Kind]) -> str:
    return ", ".join(kind.value for kind in kinds)
