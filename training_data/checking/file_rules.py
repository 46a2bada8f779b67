"""Rules for a dataset file or object: its name, its size, and whether it holds JSON lines at all. Pure."""

import re
from pathlib import Path

from training_data.checking.findings import Finding
from training_data.checking.model_rules import ModelRules
from training_data.sources.encodings import UTF_8_MARK
from training_data.sources.kinds import text_kind
from training_data.sources.reading import Reading
from training_data.sources.shapes import KNOWN_KEYS

# What S3Uri takes of a key (Bedrock API reference), and what Nova's guide takes of a dataset's name.
KEY_CHARACTERS = re.compile(r"[-!_*'().a-zA-Z0-9/]+")
NOVA_CHARACTERS = re.compile(r"[-_.a-zA-Z0-9/]+")
OTHER_FORMATS = {
    b"\x1f\x8b": "is compressed (gzip); unpack it first",
    b"PK\x03\x04": "is a zip archive; unpack it first",
    b"PAR1": "is Parquet; make JSON lines of it with kit data convert",
    b"\xff\xfe": "is UTF-16 or UTF-32; save the file as UTF-8",
    b"\xfe\xff": "is UTF-16; save the file as UTF-8",
}
OTHER_TEXTS = {
    "array": "a JSON array",
    "values": "JSON with records over several lines",
    "wrapped": "a list in a JSON object",
    "csv": "a table (CSV)",
}


def name_findings(name: str, rules: ModelRules) -> list[Finding]:
    """Findings about the name of a file or the key of an object."""
    findings = []
    if not name.endswith(".jsonl"):
        findings.append(Finding(0, "file-name", f"the name must end with .jsonl, got {name[-60:]!r}; rename it"))
    allowed = NOVA_CHARACTERS if rules.strict_file_names else KEY_CHARACTERS
    if not allowed.fullmatch(name):
        characters = "letters, digits and _ - . /" if rules.strict_file_names else "letters, digits, / and -!_*'()."
        findings.append(Finding(0, "file-name", f"the name may have {characters} only, got {name[-60:]!r}; rename it"))
    return findings


def size_findings(size: int, rules: ModelRules) -> list[Finding]:
    most = rules.limits.max_bytes
    if most is None or size <= most:
        return []
    return [Finding(0, "file-size", f"may have {most:,} bytes, got {size:,}; use fewer records")]


def content_findings(head: bytes) -> list[Finding]:
    """What the first bytes show of a file that does not hold JSON lines."""
    fault = next((text for mark, text in OTHER_FORMATS.items() if head.startswith(mark)), "")
    if not fault and b"\0" in head[:4096]:
        fault = "holds zero bytes: it is binary or UTF-16; save JSON lines as UTF-8"
    fault = fault or _other_text(head)
    return [Finding(0, "not-json-lines", fault)] if fault else []


def _other_text(head: bytes) -> str:
    """What the text is instead of one object a line, empty where it is that."""
    try:
        kind = text_kind(Path("train.jsonl"), head.removeprefix(UTF_8_MARK)[:4096], Reading(known=KNOWN_KEYS))
    except ValueError as error:
        return str(error)
    return f"is {OTHER_TEXTS[kind]}; make JSON lines of it with kit data convert" if kind in OTHER_TEXTS else ""
