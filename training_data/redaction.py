"""Takes personal data and secrets out of texts by datafog-core, an optional package that needs no model."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training_data.atomic_output import atomic
from training_data.conversion.record_formats import to_line
from training_data.optional_packages import optional_package
from training_data.sources.files import SourceError
from training_data.sources.reading import AS_IT_IS, Reading
from training_data.sources.records import read_records

SECRETS = ("API_KEY", "BEARER_TOKEN", "CREDENTIAL_URI", "JWT", "PRIVATE_KEY")
PERSONAL = ("EMAIL", "PHONE", "CREDIT_CARD", "SSN", "IP_ADDRESS")
GERMAN = ("DE_IBAN", "DE_VAT_ID", "DE_TAX_ID", "DE_SOCIAL_SECURITY_NUMBER", "DE_PASSPORT_NUMBER")
# Off unless asked for: they are as often no personal data, and training may need them.
ON_REQUEST = ("DATE", "ZIP_CODE", "DE_POSTAL_CODE", "NPI", "US_ROUTING_NUMBER", "UUID")
DEFAULT_KINDS = (*PERSONAL, *SECRETS, *GERMAN)

# From a text to (kind, start, end) in characters.
Finder = Callable[[str], list[tuple[str, int, int]]]


@dataclass
class Redaction:
    """`by_kind` counts what was taken out, `records` all, `touched` those with something taken out."""

    records: int = 0
    touched: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    unreadable: list[SourceError] = field(default_factory=list)


def finder(kinds: Sequence[str]) -> Finder:
    """Finds these kinds. Raises MissingPackageError."""
    datafog_core = optional_package("datafog_core", package="datafog-core", purpose="finds personal data")
    wanted = set(kinds)

    def find(text: str) -> list[tuple[str, int, int]]:
        plain = datafog_core.scan(text, {"detect_uuid": "UUID" in wanted})
        german = datafog_core.scan(text, {"locale": "de"}) if any(kind.startswith("DE_") for kind in wanted) else []
        return [
            (item.entity_type, item.codepoint_range.start, item.codepoint_range.end)
            for item in (*plain, *german)
            if item.entity_type in wanted
        ]

    return find


def redact_file(file: Path, output: Path, find: Finder, reading: Reading = AS_IT_IS) -> Redaction:
    """Write every record with [KIND] in place of what `find` finds, as JSON lines.

    A record that cannot be read is left out, since its content is unknown. Raises SourceError where the file
    cannot be read to its end; nothing is written then.
    """
    redaction = Redaction()
    with atomic(output) as stream:
        for source in read_records(file, reading):
            if isinstance(source, SourceError):
                if source.ends:
                    raise source
                redaction.unreadable.append(source)
                continue
            found: Counter[str] = Counter()
            try:
                line = to_line(_redacted(reading.renamed(source.value), find, found))
            except UnicodeEncodeError:
                half = SourceError(file, source.line, "has half a character (a lone surrogate); write it again")
                redaction.unreadable.append(half)
                continue
            stream.write(line)
            redaction.records += 1
            redaction.touched += bool(found)
            redaction.by_kind += found
    return redaction


def _redacted(value: Any, find: Finder, found: Counter[str]) -> Any:
    if isinstance(value, str):
        return redact_text(value, find, found)
    if isinstance(value, dict):
        return {key: _redacted(item, find, found) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, find, found) for item in value]
    return value


def redact_text(text: str, find: Finder, found: Counter[str]) -> str:
    """The text without what was found, which `found` counts; of two that overlap the longer one is named."""
    parts: list[str] = []
    end = len(text)
    kept: list[tuple[str, int, int]] = []
    for kind, start, stop in sorted(find(text), key=lambda item: item[1] - item[2]):
        if all(stop <= other_start or start >= other_stop for _, other_start, other_stop in kept):
            kept.append((kind, start, stop))
    for kind, start, stop in sorted(kept, key=lambda item: -item[1]):
        parts += [text[stop:end], f"[{kind}]"]
        end = start
        found[kind] += 1
    return "".join([text[:end], *reversed(parts)])
