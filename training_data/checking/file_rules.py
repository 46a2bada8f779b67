"""Rules for a dataset file or object: its name, its size, and whether it holds JSON lines at all. Pure."""

import re

from training_data.checking.findings import Finding
from training_data.checking.model_rules import ModelRules

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
    if not fault and head.lstrip()[:1] == b"[":
        fault = "is a JSON array; make JSON lines of it with kit data convert"
    return [Finding(0, "not-json-lines", fault)] if fault else []
