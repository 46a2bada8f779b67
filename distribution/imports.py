"""Rewrites a module of a room for the wheel, where each room but bedrock_constructs is in bedrock_deployment_kit.

Only names of modules change: in imports, and in texts that are nothing but the name of a module (`"kit.runs"`).
"""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

PACKAGE = "bedrock_deployment_kit"
# What messages name in a clone -> what does the same where the kit is installed.
COMMANDS = {
    "run make setup, then .venv/bin/python -m {prog}": "pip install 'bedrock-deployment-kit[check,node]'",
    "policy-sentry; run make setup": "policy-sentry; pip install 'bedrock-deployment-kit[check]'",
    ".venv/bin/node node_modules/aws-cdk/bin/cdk": "npx cdk",
    "make setup": "bedrock-kit local install",
    "python -m kit": "bedrock-kit",
    "make up": "bedrock-kit local up",
    "make down": "bedrock-kit local down",
    "make deploy": "bedrock-kit deploy",
}
KIT = Path(__file__).resolve().parent.parent / "kit"
_NAMES = "|".join(sorted(folder.parent.name for folder in KIT.glob("*/command.py")))
COMMAND = re.compile(rf"(?<![\w./-])kit (?=(?:{_NAMES})\b(?! -->))")


def rewritten(source: str, rooms: Collection[str], root: Path) -> str:
    """`source` with its imports of `rooms`, and texts that name a module of them below `root`, from the package.

    Raises ValueError for an `import room.module` without `as`: what it binds would have another name.
    """
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    for line, column in sorted(_places(ast.parse(source), lines, rooms, root), reverse=True):
        text = lines[line - 1]
        lines[line - 1] = text[:column] + f"{PACKAGE}.".encode() + text[column:]
    return b"".join(lines).decode()


def with_installed_commands(source: str) -> str:
    """`source` whose messages name the commands that the wheel installs."""
    for command, installed in COMMANDS.items():
        source = source.replace(command, installed)
    return COMMAND.sub("bedrock-kit ", source)


def _places(tree: ast.Module, lines: list[bytes], rooms: Collection[str], root: Path) -> Iterator[tuple[int, int]]:
    """Line and column (bytes) of each name of a module that is another one in the wheel."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(level=0, module=str(module)) if _room(module) in rooms:
                yield node.lineno, lines[node.lineno - 1].index(module.encode(), node.col_offset + len("from"))
            case ast.Import(names=names):
                for alias in names:
                    if _room(alias.name) in rooms:
                        if not alias.asname:
                            raise ValueError(f"line {node.lineno}: import {alias.name} must be from ... import, or as")
                        yield alias.lineno, alias.col_offset
            case ast.Constant(value=str(text)) if _room(text) in rooms and _is_module(text, root):
                yield node.lineno, node.col_offset + 1


def _room(module: str) -> str:
    return module.partition(".")[0]


def _is_module(text: str, root: Path) -> bool:
    """Whether it is a module inside a room; the name of a room alone is a word, too."""
    if "." not in text or not text.replace(".", "").isidentifier():
        return False
    path = root.joinpath(*text.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
