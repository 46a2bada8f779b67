"""Which tools of a harness its `allowedTools` let the model use. Pure.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-tools.html
"""

from fnmatch import fnmatchcase

BUILTIN = "builtin"


def allows(patterns: list[str], server: str, name: str) -> bool:
    """`server`: the harness's name of a gateway or MCP server, BUILTIN, or empty for its other tools."""
    return any(_matches(pattern, server, name) for pattern in patterns)


def _matches(pattern: str, server: str, name: str) -> bool:
    if pattern == "*":
        return True
    if not pattern.startswith("@"):
        return server in ("", BUILTIN) and fnmatchcase(name, pattern)
    wanted, slash, tool = pattern.removeprefix("@").partition("/")
    return fnmatchcase(server or name, wanted) and (not slash or fnmatchcase(name, tool))
