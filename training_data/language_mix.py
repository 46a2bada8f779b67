"""Which languages texts are in, by py3langid, an optional package whose model comes with it."""

from collections import Counter
from collections.abc import Iterable

SHORTEST = 20


class NoLanguagesError(Exception):
    """When py3langid is not installed."""


def language_mix(texts: Iterable[str]) -> Counter[str]:
    """Texts by ISO 639-1 code; "too short" for those under 20 characters, which no library tells apart well."""
    try:
        import py3langid
    except ImportError:
        fix = ".venv/bin/uv pip install py3langid"
        raise NoLanguagesError(f"language mix: py3langid is not installed; {fix}") from None
    found: Counter[str] = Counter()
    for text in texts:
        found[str(py3langid.classify(text)[0]) if len(text) >= SHORTEST else "too short"] += 1
    return found
