"""The links of a page: to files of the project, and to headings as GitHub names them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import prose

LINK = re.compile(r"\[[^\]]+\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"#+ (?P<text>.+)")


def dead_links(page: Path) -> Iterator[str]:
    """`target` of each relative link that leads nowhere. A link may cross the end of a line."""
    text = "\n".join(line for _, line in prose(page.read_text(encoding="utf-8")))
    for match in LINK.finditer(text):
        target = match["target"]
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield target


def anchors(page: Path) -> set[str]:
    """Lower case, without punctuation, blanks as hyphens; a repeated heading gets -1 and so on."""
    found: list[str] = []
    for _, line in prose(page.read_text(encoding="utf-8")):
        if heading := HEADING.fullmatch(line):
            name = re.sub(r"[^\w\- ]", "", heading["text"].lower()).replace(" ", "-")
            found.append(name + (f"-{found.count(name)}" if name in found else ""))
    return set(found)
