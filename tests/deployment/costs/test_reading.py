"""What chunking and parsing cost: passages, tokens that are embedded, stored and shown, and what is unknown."""

from pathlib import Path

import pytest

from deployment.config import DeploymentConfig, load_deployment_config
from deployment.costs.inference_api import Traffic
from deployment.costs.knowledge_base import knowledge_base_groups, vectors
from deployment.costs.lines import CostLine
from deployment.costs.reading import Documents, Passages, passages_of
from deployment.sections.knowledge_base import KnowledgeBase
from tests.deployment_file import HEAD

TEXT, FILES = 12_000, 4  # 3,000 tokens


def config(folder: Path, settings: str = "") -> DeploymentConfig:
    documents = folder / "texts"
    documents.mkdir()
    for number in range(FILES):
        (documents / f"{number}.md").write_bytes(b"x" * (TEXT // FILES))
    text = f'{HEAD}[knowledge_base]\ndocuments = "texts"\nmodel = "amazon.nova-micro-v1:0"\n{settings}'
    (folder / "deployment.toml").write_text(text, encoding="utf-8")
    return load_deployment_config(folder / "deployment.toml")


def section(folder: Path, settings: str = "") -> KnowledgeBase:
    found = config(folder, settings).knowledge_base
    assert found
    return found


def ingestion(loaded: DeploymentConfig) -> dict[str, CostLine]:
    group = next(group for group in knowledge_base_groups(loaded, Traffic()) if group.name.endswith("ingestion"))
    return {line.part: line for line in group.lines}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", Passages(12, 3480, 290, 290)),
        (
            'chunking = "hierarchical"\n[knowledge_base.hierarchical]\n'
            "parent_max_tokens = 1100\nchild_max_tokens = 200\noverlap_tokens = 100\n",
            Passages(28, 5400, 943, 750),
        ),
        ('chunking = "semantic"\n', Passages(12, 3000, 250, 250, 3000)),
        (
            'chunking = "semantic"\n[knowledge_base.semantic]\nbuffer_sentences = 1\n',
            Passages(12, 3000, 250, 250, 9000),
        ),
        ('chunking = "none"\n', Passages(4, 3000, 750, 750)),
    ],
)
def test_passages_of_each_strategy(tmp_path: Path, settings: str, expected: Passages) -> None:
    found = section(tmp_path, settings)

    assert passages_of(found) == expected
    assert vectors(found, expected).size == expected.count * (1024 * 4 + expected.stored * 4)


@pytest.mark.parametrize("chunking", ["fixed", "hierarchical", "semantic", "none"])
def test_no_passage_holds_text_of_two_documents(tmp_path: Path, chunking: str) -> None:
    found = section(tmp_path, f'chunking = "{chunking}"\n')
    short = Documents(count=1_000, size=40_000, sizes=[40])

    said = passages_of(found, short)

    assert (said.count, said.embedded, said.shown) == (1_000, 10_000, 10)


def test_documents_to_come_have_the_sizes_of_those_that_are_there(tmp_path: Path) -> None:
    one_in_two_is_long = Documents(count=20, size=0, sizes=[40, 12_000])

    assert passages_of(section(tmp_path), one_in_two_is_long).count == 10 * (1 + 13)


def test_semantic_chunking_embeds_the_sentences_first(tmp_path: Path) -> None:
    found = ingestion(config(tmp_path, 'chunking = "semantic"\n'))

    assert found["semantic chunking"].usd == found["embedding"].usd == pytest.approx(3000 * 0.02 / 1e6)
    assert "if the embedding model compares them" in found["semantic chunking"].what


def test_a_model_reads_and_writes_the_pdf_files_only(tmp_path: Path) -> None:
    loaded = config(tmp_path, '[knowledge_base.parsing]\nmodel = "amazon.nova-lite-v1:0"\n')
    assert "parsing, input tokens" not in ingestion(loaded)

    (tmp_path / "texts" / "a.pdf").write_bytes(b"x" * 4_000_000)

    found = ingestion(loaded)
    assert found["parsing, input tokens"].usd == pytest.approx(0.06)
    assert found["parsing, output tokens"].usd == pytest.approx(0.24)


def test_no_documents_cost_nothing(tmp_path: Path) -> None:
    found = section(tmp_path, 'chunking = "none"\n')
    for file in (tmp_path / "texts").iterdir():
        file.unlink()

    assert passages_of(found) == Passages(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('kind = "web"\nurls = ["https://www.example.com/"]', "up to 1,000 pages of https://www.example.com/"),
        ('kind = "custom"', "documents that are put"),
    ],
)
def test_what_lies_elsewhere_is_unknown_and_never_free(tmp_path: Path, source: str, what: str) -> None:
    found = ingestion(config(tmp_path, f"[knowledge_base.sources.more]\n{source}\n"))["source more"]

    assert (found.what, found.usd) == (what, None)
    assert found.missing
