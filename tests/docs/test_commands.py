"""Every shell snippet of the documentation is read by bash, and every command is checked by the program it names."""

import re
from pathlib import Path

import pytest

from tests.docs.commands import check
from tests.docs.pages import PAGES, PROJECT, Block, blocks, commands_in_prose, text_of
from tests.docs.shell import commands

LANGUAGES = {"sh", "text", "toml", "json", "python"}
SOURCES = ("*.py", "Makefile", "*.toml", "*.json")


def test_every_block_has_a_language_with_a_test() -> None:
    assert {str(block): block.language for block in blocks() if block.language not in LANGUAGES} == {}


@pytest.mark.parametrize("block", [block for block in blocks() if block.language == "sh"], ids=str)
def test_a_shell_block_runs_commands_that_exist(block: Block, tmp_path: Path) -> None:
    found = commands([block], tmp_path)

    assert found
    for command in found:
        check(command)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_in_the_prose_exist(page: str, tmp_path: Path) -> None:
    snippets = commands_in_prose(page, text_of(page))

    for command in commands(snippets, tmp_path, prose=True) if snippets else []:
        check(command, mention=True)


@pytest.mark.parametrize("page", PAGES)
def test_the_variables_and_context_keys_are_read_somewhere(page: str) -> None:
    text = text_of(page)
    named = {*re.findall(r"\b(KIT_[A-Z_]+)\b", text), *re.findall(r"-c\s+`?(\w+)=", text)}

    assert [name for name in named if not _in_the_source(name)] == []


def _in_the_source(name: str) -> bool:
    rooms = ("*.py", "[a-z]*/*.py", "[a-z]*/**/*.py")
    files = (file for room in rooms for file in PROJECT.glob(room) if "node_modules" not in file.parts)
    return any(re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) for file in files)
