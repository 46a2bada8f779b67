"""The commands that errors, notices and outputs of the kit name exist, with their options."""

import ast
import re
import shlex
from collections.abc import Iterator

import pytest

from kit.__main__ import COMMANDS
from tests.docs.commands import check_aws, check_installed_kit, check_kit, check_options
from tests.docs.pages import PROJECT

ROOMS = (
    *("kit", "kit_contract", "deployment", "stacks", "bedrock_constructs", "lambda"),
    *("local_aws", "billed_resources", "model_catalog", "training_data"),
)
VALUE = r"(?:'[^']*'|\"[^\"]*\"|\S+)"
AWS = re.compile(rf"\baws [a-z0-9-]+ [a-z]+(?:-[a-z]+)+(?: --[a-z-]+ {VALUE})*")
KIT = re.compile(
    r"(?P<installed>bedrock-)?\bkit (?P<command>[a-z]+)(?P<action> (?:[a-z]+))?"
    r"(?P<options>(?: --[a-z-]+(?: [^\s-]\S*)?)*)"
)


def messages() -> Iterator[tuple[str, str]]:
    """Place and text of each literal but docstrings; X stands for what is filled in."""
    for file in (file for room in ROOMS for file in sorted((PROJECT / room).rglob("*.py"))):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if id(node) not in inner | docs and (text := _text(node)):
                yield f"{file.relative_to(PROJECT)}:{node.lineno}", text  # type: ignore[attr-defined]


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def check_message(text: str) -> int:
    """How many commands it names. Raises ValueError for one that does not exist."""
    aws = [shlex.split(match.group())[1:] for match in AWS.finditer(text)]
    kit = [(bool(match["installed"]), found) for match in KIT.finditer(text) if (found := _kit(match))]
    for words in aws:
        check_aws([word.rstrip(".,;:") for word in words], mention=True)
    for installed, words in kit:
        check = check_installed_kit if installed else check_kit
        check([word for word in words if not word.startswith("-")], mention=True)
        check_options(words)
    return len(aws) + len(kit)


def _kit(match: re.Match[str]) -> list[str]:
    """Without the action where the next word is prose: "kit cost shows the details"."""
    command, action = match["command"], (match["action"] or "").strip()
    if command not in COMMANDS:
        return []
    known = {file.stem for file in (PROJECT / "kit" / command).glob("*.py")} | set(["buy", "release", "resume", "up"])
    options = [word for word in match["options"].split() if word.startswith("-")]
    return [command, *([action] if action in known else []), *options]


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str]]:
    return list(messages())


def test_every_command_that_the_kit_prints_exists(found: list[tuple[str, str]]) -> None:
    counted, wrong = 0, {}
    for place, text in found:
        try:
            counted += check_message(text.rstrip(".,;:"))
        except ValueError as error:
            wrong[place] = str(error)

    assert wrong == {}
    assert counted > 25


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("run kit models --customisable", "has no --"),
        ("run: aws bedrock delete-custom-models --model-identifier X", "no command"),
        ("run: aws bedrock delete-custom-model --model X", "knows no --model"),
        ("see kit reap --delete-orphan-models", "has no --"),
    ],
)
def test_a_wrong_command_in_a_message_is_noticed(message: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_message(message)
