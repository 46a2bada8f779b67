"""The pages of the documentation: their code blocks, and the commands and links in their prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGES = tuple(
    str(path.relative_to(PROJECT))
    for path in (PROJECT / "README.md", PROJECT / "local_aws" / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
)
FENCE = re.compile(r"^ *```(?P<language>\S*)")
INDENT = "    "
SPAN = re.compile(r"`(?P<text>[^`]+)`")
COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )*(?:kit|bedrock-kit|npx|make|aws|cdk|curl|ollama|python -m|\.venv/bin/\w+) ")


@dataclass(frozen=True)
class Block:
    """A fenced block, or an indented one, whose language is `sh`. `before` is the last text above it."""

    page: str
    line: int
    language: str
    text: str
    before: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def text_of(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks_of(page, text_of(page))]


def blocks_of(page: str, text: str) -> Iterator[Block]:
    lines, before, position = text.split("\n"), "", 0
    while position < len(lines):
        fence = FENCE.match(lines[position])
        if fence or (lines[position].startswith(INDENT) and not lines[position - 1].strip()):
            end = _end(lines, position, fenced=bool(fence))
            body = lines[position + 1 : end] if fence else [line.removeprefix(INDENT) for line in lines[position:end]]
            yield Block(page, position + 1, fence["language"] if fence else "sh", "\n".join(body) + "\n", before)
            position = end
        elif lines[position].strip():
            before = lines[position]
        position += 1


def _end(lines: list[str], start: int, *, fenced: bool) -> int:
    """The line after the content: the closing fence, or the first line that is not indented."""
    for position in range(start + 1, len(lines)):
        if FENCE.match(lines[position]) if fenced else not lines[position].startswith(INDENT):
            return position
    raise ValueError(f"the block in line {start + 1} has no end")


def prose(text: str) -> list[tuple[int, str]]:
    """The numbered lines that are in no fenced block."""
    inside, found = False, []
    for number, line in enumerate(text.split("\n"), 1):
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            found.append((number, line))
    return found


def commands_in_prose(page: str, text: str) -> list[Block]:
    """Each `command with arguments` of the prose. A command may cross the end of a line."""
    numbered = prose(text)
    joined = "\n".join(line for _, line in numbered)
    found = []
    for match in SPAN.finditer(joined):
        command = " ".join(match["text"].split())
        if COMMAND.match(command):
            number = numbered[joined.count("\n", 0, match.start())][0]
            found.append(Block(page, number, "sh", f"{command}\n", ""))
    return found
