"""What a robots.txt lets a crawler read (RFC 9309). Pure.

https://www.rfc-editor.org/rfc/rfc9309.html: the group of the crawler's own name, else that of *; the longest rule that
matches a path counts, and Allow among equal ones. A site without robots.txt is not read, as AWS's page says:
https://docs.aws.amazon.com/bedrock/latest/userguide/webcrawl-data-source-connector.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_BYTES = 500 * 1024  # "at least 500 kibibytes"


@dataclass
class _Group:
    agents: list[str] = field(default_factory=list)
    rules: list[tuple[bool, str]] = field(default_factory=list)  # (whether it allows, path)


def allows(text: str, agents: Sequence[str], path: str) -> bool:
    """`agents`: names of the crawler, the most specific first. `path`: with the query."""
    groups = _groups(text)
    for agent in (*(name.lower() for name in agents), "*"):
        rules = [rule for group in groups if agent in group.agents for rule in group.rules]
        if any(agent in group.agents for group in groups):
            return _decide(rules, path)
    return True


def _groups(text: str) -> list[_Group]:
    groups: list[_Group] = []
    for raw in text[:MOST_BYTES].splitlines():
        name, colon, value = raw.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            if not groups or groups[-1].rules:
                groups.append(_Group())
            groups[-1].agents.append(value.lower())
        elif name in ("allow", "disallow") and groups:
            groups[-1].rules.append((name == "allow", value))
    return groups


def _decide(rules: Sequence[tuple[bool, str]], path: str) -> bool:
    matching = [(len(pattern), allowed) for allowed, pattern in rules if pattern and _matches(pattern, path)]
    return max(matching)[1] if matching else True


def _matches(pattern: str, path: str) -> bool:
    """`*` is any text, and `$` at the end the end of the path. No regular expression: sites could write a slow one."""
    whole = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place, last = len(first), parts.pop() if parts and whole else ""
    for part in parts:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if not whole:
        return True
    return path == first if "*" not in pattern else path.endswith(last) and len(path) - len(last) >= place
