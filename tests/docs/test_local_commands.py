"""The commands that need no account run as the documentation shows them, and print what it shows."""

import json
import re
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from deployment.config import ConfigError, load_deployment_config
from deployment.costs.estimate import summary
from deployment.datasets import prepare_datasets
from kit.__main__ import main
from tests.deployment_file import SHIPPED
from tests.docs.pages import PROJECT, Block, blocks, text_of
from tests.docs.sample_files import sample_folder
from tests.docs.shell import commands
from tests.docs.snippets import places

KIT = (".venv/bin/python", "-m", "kit")

# What these read has the faults that a page shows.
FAULTY = {("data", "check"), ("data", "convert"), ("data", "split")}
WRITTEN = {"convert": {"--output"}, "split": {"--training", "--validation"}}
BLOCKS = {str(block): block for block in blocks()}


def kit_commands(block: Block, folder: Path) -> list[tuple[str, ...]]:
    found = [command.words[3:] for command in commands([block], folder) if command.words[:3] == KIT]
    return [words for words in found if words[0] in ("cost", "data", "models")]


def shown(block: Block) -> re.Pattern[str]:
    """The block as a pattern in which ... stands for anything within a line."""
    return re.compile(re.escape(block.text).replace(r"\.\.\.", "[^\n]*"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return sample_folder(tmp_path / "project")


OFFLINE_BLOCKS = [block for block in blocks() if "offline" in places(block)]


@pytest.mark.parametrize("block", OFFLINE_BLOCKS, ids=str)
def test_a_command_runs_and_prints_what_the_page_shows(
    block: Block, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = ""
    for words in kit_commands(block, tmp_path):
        for option, file in pairwise(words):
            if option in WRITTEN.get(words[1], ()):
                (folder / file).unlink(missing_ok=True)  # the commands replace no file
        assert main(list(words)) == int(words[:2] in FAULTY), words
        printed = capsys.readouterr().out
        assert printed

    output = _output_after(block)
    assert output is None or shown(output).fullmatch(printed), printed


def _output_after(block: Block) -> Block | None:
    """The text block that follows directly, as a command's output does."""
    end = block.line + block.text.count("\n") + 1
    following = BLOCKS.get(f"{block.page}:{end + 1}")
    return following if following and following.language == "text" else None


def test_synthesis_prints_the_line_of_the_costs_page(folder: Path) -> None:
    (block,) = [block for block in blocks() if block.page == "docs/costs.md" and block.language == "text"]

    printed = summary(load_deployment_config(folder / "deployment.toml"))

    assert block.text == printed + "\n"
    assert f"about {printed.split()[2]} US dollars" in text_of("README.md")


def refusal() -> Block:
    """What docs/datasets.md shows of a deploy with a broken record."""
    (found,) = [block for block in blocks() if block.language == "text" and block.text.startswith("training.")]
    return found


def test_a_broken_record_is_refused_as_the_datasets_page_shows(folder: Path) -> None:
    block = refusal()
    file, line = re.findall(r"(\S+\.json):(\d+)", block.text)[0]
    text = SHIPPED.replace("examples/support/labelled", "labelled")
    (folder / "deployment.toml").write_text(text, encoding="utf-8")
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[int(line) - 1].rstrip(","))
    lines[int(line) - 1] = json.dumps(record | {"response": ""}) + ","
    (folder / file).write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(ConfigError) as refused:
        prepare_datasets(load_deployment_config(folder / "deployment.toml"))
    assert block.text.strip() in str(refused.value)


def test_every_text_block_is_an_output_that_is_compared_or_a_drawing() -> None:
    texts = {str(block) for block in blocks() if block.language == "text"}
    outputs = {str(output) for block in OFFLINE_BLOCKS if (output := _output_after(block))}
    compared = {str(block) for block in blocks() if block.page == "docs/costs.md" and block.language == "text"}

    read = {str(block) for block in blocks() if block.language == "text" and _is_json(block.text)}

    assert texts == outputs | compared | read | {str(refusal())} | {str(block) for block in drawings()}


def _is_json(text: str) -> bool:
    """One value, or one a line: a file that the reader writes."""
    for values in ([text], text.splitlines()):
        with suppress(ValueError):
            return all(json.loads(value) for value in values)
    return False


def drawings() -> list[Block]:
    """Text with arrows."""
    return [block for block in blocks() if block.language == "text" and "->" in block.text]


def test_what_the_drawings_name_exists() -> None:
    api, ingestion, promotion, training = drawings()
    snapshot = (PROJECT / "tests" / "stacks" / "__snapshots__" / "test_stacks.ambr").read_text(encoding="utf-8")
    handlers = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "lambda").rglob("*.py"))
    described = (PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8")
    drawn = f"{promotion.text}{training.text}"
    states = [name for pair in re.findall(r"^  ([A-Z]\w+)|\((\w+) if", drawn, re.MULTILINE) for name in pair]

    assert [route for route in re.findall(r"[TS] (/v1/[\w/{}-]+)", api.text) if f'"{route}"' not in described] == []
    assert [name for name in states if f'\\"{name}\\"' not in snapshot and name] == []
    assert "start_ingestion_job" in handlers
    assert "StartIngestionJob" in ingestion.text
