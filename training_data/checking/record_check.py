"""Rules for the parts of a record that every format has: texts, keys and places in S3. Pure."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from training_data.checking.model_rules import ModelRules
from training_data.shown_values import shown

# NUG names the first seven. SDK, which takes letter case seriously, adds the rest. VAL looks at no letter case.
RESERVED = (
    *("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]"),
    *("USER:", "BOT:", "ASSISTANT:", "SYSTEM:", "Thought:", "<unk>"),
)
# Finds them in any letter case. It begins with rare characters, which `re` looks for fast; groups hold what is beside.
SUSPECT_PATTERN = re.compile(
    ":(?:" + "|".join(f"(?<=({word}:))" for word in ("user", "bot", "assistant", "system", "thought")) + ")"
    r"|<(?=(image>|video>|unk>))|\[(?=(eos\]))",
    re.IGNORECASE | re.ASCII,
)
# What a template or a writer left open: {{name}}, <INSERT DATE>, [TODO], [Your Name], lorem ipsum.
PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{1,60}\}\}|lorem ipsum"
    r"|[\[<](?:insert|todo|tbd|fixme|placeholder|fill in|your)\b[^\[\]<>\n]{0,60}[\]>]",
    re.IGNORECASE,
)
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
S3_URI = re.compile(r"s3://([^/]*)(/[A-Za-z0-9_\-/.]*)?")
MAX_CAPTION, MAX_IMAGES, MAX_VIDEOS = 2_560, 10, 1
MAX_FAULTS = 50  # of one record: a list of a million numbers is one mistake, not a million


class RecordCheck:
    """Collects (rule, message) in `faults`; `media` holds (kind, bucket) of every image and video.

    Images and videos may lie in `folder`; those have no bucket.
    `escapes`: does the line hold \\u escapes? Only they can spell half a character in UTF-8.
    """

    __slots__ = ("escapes", "faults", "folder", "media", "rules", "texts")

    def __init__(self, rules: ModelRules, *, escapes: bool, folder: Path | None = None) -> None:
        self.rules = rules
        self.escapes = escapes
        self.folder = folder
        self.faults: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.media: list[tuple[str, str]] = []

    def fault(self, rule: str, message: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append((rule, message))

    def is_object(self, record: Any) -> bool:
        if isinstance(record, dict):
            return True
        self.fault("record", f"must be a JSON object, got {type(record).__name__}; write one object a line")
        return False

    def keys(self, given: dict[str, Any], allowed: Collection[str], where: str = "") -> None:
        unknown = [key for key in given if key not in allowed]
        if unknown:
            place, names = f"{where} " if where else "", ", ".join(allowed)
            got = shown(unknown[0]) + (f" and {len(unknown) - 1} more" if len(unknown) > 1 else "")
            self.fault("unknown-key", f"{place}has an unknown key {got}; allowed are {names}; remove it")

    def text(self, text: Any, where: str, index: int = 0) -> None:
        """`where` names the text in the record, with {index} for that of its message."""
        if not isinstance(text, str) or not text or text.isspace():
            fault = f"must be text that is not empty, got {shown(text)}; write it or drop the record"
            self.fault("empty-text", f"{where.format(index=index)} {fault}")
            return
        self.texts.append(text)
        if self.escapes and not text.isascii() and LONE_SURROGATE.search(text):
            fault = "holds half a character (a lone surrogate), which UTF-8 cannot hold; write it again"
            self.fault("encoding", f"{where.format(index=index)} {fault}")
        if self.rules.reserved_words and SUSPECT_PATTERN.search(text):
            self._reserved(text, where.format(index=index))
        if "{{" in text or "[" in text or "<" in text or "orem ipsum" in text:
            self._placeholder(text, where.format(index=index))

    def _reserved(self, text: str, where: str) -> None:
        found = [_word(match) for match in SUSPECT_PATTERN.finditer(text)]
        exact = next((word for word in found if word in RESERVED), None)
        if exact and self.rules.reserved_words == "refuse":
            self.fault("reserved-word", f"{where} holds the reserved word {exact!r}; rephrase it, the job would fail")
        else:
            fault = f"holds {found[0]!r}, which a validator of AWS refuses and Bedrock's guide does not; rephrase it"
            self.fault("reserved-word-doubtful", f"{where} {fault}")

    def _placeholder(self, text: str, where: str) -> None:
        if found := PLACEHOLDER.search(text):
            fault = f"holds {shown(found[0])}, which a template seems to have left; fill it in or drop the record"
            self.fault("placeholder", f"{where} {fault}")

    def s3_object(self, uri: Any, kind: str, where: str) -> None:
        """Check the place of an image or a video and remember its bucket."""
        match = S3_URI.fullmatch(uri) if isinstance(uri, str) else None
        if not match or len(match[2] or "") < 2 or not match[1]:
            allowed = "s3://bucket/key with letters, digits and _ - / . only"
            self.fault("media-uri", f"{where} must be {allowed}, got {shown(uri, 80)}; rename the object or correct it")
        else:
            self.media.append((kind, match[1]))


def _word(match: re.Match[str]) -> str:
    """The reserved word as it is written."""
    beside = str(match[match.lastindex or 0])
    return beside if match[0] == ":" else match[0] + beside
