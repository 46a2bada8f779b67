"""Snippets of deployment.toml pass the loader, the checks and the preparation of data; their comments name settings."""

import datetime
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, environments_in, load_deployment_config
from deployment.datasets import prepare_datasets
from tests.deployment_file import SHIPPED
from tests.docs.pages import PROJECT, Block, blocks
from tests.docs.sample_files import sample_folder

TODAY = datetime.date(2026, 11, 27)
HEADER = re.compile(r"^\[[^\n]+\]", re.MULTILINE)
COMMENTED = re.compile(r"^# (\w+) = ", re.MULTILINE)
SNIPPETS = [block for block in blocks() if block.language == "toml"]


def merged(snippet: str) -> str:
    """The shipped file, in which the sections of the snippet take the place of its own."""
    own = set(HEADER.findall(snippet))
    starts = [0, *(match.start() for match in HEADER.finditer(SHIPPED)), len(SHIPPED)]
    parts = [SHIPPED[start:end] for start, end in pairwise(starts)]
    kept = [part for part in parts if part.partition("]")[0] + "]" not in own]
    return "".join(kept) + "\n" + snippet


def validate(snippet: str, folder: Path) -> None:
    sample_folder(folder)
    file = folder / "deployment.toml"
    file.write_text(merged(snippet), encoding="utf-8")
    environments: list[str | None] = [*environments_in(file)]
    for environment in environments or [None]:
        config = load_deployment_config(file, environment)
        check_deployment(config, today=TODAY)
        prepare_datasets(config)


@pytest.mark.parametrize("block", SNIPPETS, ids=str)
def test_a_snippet_is_valid_in_the_shipped_file(block: Block, tmp_path: Path) -> None:
    assert tomllib.loads(block.text).keys() <= tomllib.loads(merged(block.text)).keys()

    validate(block.text, tmp_path)


@pytest.mark.parametrize("block", [*SNIPPETS, Block("deployment.toml", 1, "toml", SHIPPED, "")], ids=str)
def test_a_setting_in_a_comment_exists(block: Block) -> None:
    schema = (PROJECT / "docs" / "deployment.schema.json").read_text(encoding="utf-8")

    assert [name for name in COMMENTED.findall(block.text) if f'"{name}": {{' not in schema] == []


def test_the_sections_in_comments_of_the_shipped_file_are_valid(tmp_path: Path) -> None:
    """A hard stop needs provisioned throughput, so they are uncommented together."""
    found = [SHIPPED[match.start() :].split("\n\n")[0] for match in re.finditer(r"^# \[", SHIPPED, re.MULTILINE)]

    assert len(found) == 2
    validate("\n".join(re.sub(r"^# ?", "", text, flags=re.MULTILINE) for text in found) + "\n", tmp_path)


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        ('[budget]\nmonthly_usd = 200\nemail = ["a@b.c"]\n', "budget.email"),
        ('[inference_api.aliases.support-bot]\nmodel = "amazon.nova-micro-v2:0"\n', "amazon.nova-micro-v2:0"),
        ('[provisioned_throughput.support]\ncustomization = "support"\n', "accept_unknown_price"),
        ("[knowledge_base]\nchunk_max_tokens = 5\n", "knowledge_base"),
        (
            '[training.customizations.support]\nalias = "support-bot"\nbase_model = "amazon.nova-micro-v1:0:128k"\n'
            'dataset = ["absent.jsonl"]\n',
            "absent.jsonl",
        ),
    ],
)
def test_a_wrong_snippet_is_refused(snippet: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(reason)):
        validate(snippet, tmp_path)
