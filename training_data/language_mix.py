"""Which languages texts are in, by py3langid, an optional package whose model comes with it."""

from collections import Counter
from collections.abc import Iterable

from training_data.optional_packages import optional_package

SHORTEST = 20


def language_mix(texts: Iterable[str]) -> Counter[str]:
    """Texts by ISO 639-1 code; "too short" for those under 20 characters, which no library tells apart well.

    Raises MissingPackageError.
    """
    py3langid = optional_package("py3langid", package="py3langid", purpose="tells languages")
    found: Counter[str] = Counter()
    for text in texts:
        found[str(py3langid.classify(text)[0]) if len(text) >= SHORTEST else "too short"] += 1
    return found
