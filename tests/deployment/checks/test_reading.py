"""How documents are read: settings that contradict each other, and what model and store do not take."""

from pathlib import Path

import pytest

from deployment.checks.reading import reading_warnings
from deployment.config import load_deployment_config
from tests.deployment.checks.test_knowledge_base import faults
from tests.deployment_file import HEAD, PROJECT, deployment_file, file_faults

EXAMPLE = PROJECT / "examples" / "transformations" / "document_titles.py"
BASE = '[knowledge_base]\ndocuments = "{documents}"\nmodel = "amazon.nova-micro-v1:0"\n'


def found(folder: Path, settings: str, *, documents: str = "examples/support/documents") -> list[str]:
    (folder / "documents").mkdir(exist_ok=True)
    return file_faults(folder, HEAD + BASE.format(documents=documents) + settings)


@pytest.mark.parametrize("chunking", ["fixed", "hierarchical", "semantic", "none"])
def test_each_strategy_is_accepted_with_its_defaults(tmp_path: Path, chunking: str) -> None:
    assert faults(tmp_path, chunking=chunking) == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            'chunking = "semantic"\nchunk_max_tokens = 300\n',
            'chunk_max_tokens: applies to chunking = "fixed" only, got chunking = "semantic"; remove one of the two',
        ),
        (
            "[knowledge_base.hierarchical]\nparent_max_tokens = 900\n",
            'hierarchical: applies to chunking = "hierarchical" only, got chunking = "fixed"',
        ),
        (
            'chunking = "none"\n[knowledge_base.semantic]\nmax_tokens = 100\n',
            'semantic: applies to chunking = "semantic" only, got chunking = "none"',
        ),
        (
            'chunking = "hierarchical"\n[knowledge_base.hierarchical]\nchild_max_tokens = 1500\n',
            "hierarchical.child_max_tokens: must be less than parent_max_tokens, which is 1500, got 1500; lower it",
        ),
        (
            'chunking = "hierarchical"\n[knowledge_base.hierarchical]\noverlap_tokens = 300\n',
            "hierarchical.overlap_tokens: must be less than child_max_tokens, which is 300, got 300; lower it",
        ),
        (
            'chunking = "hierarchical"\n[knowledge_base.hierarchical]\nparent_max_tokens = 7483\n',
            "hierarchical: a parent of 7483 and a child of 300 tokens can be longer than the 40,960 bytes of text and "
            "metadata that S3 Vectors stores with a vector; use 7782 or less together",
        ),
        (
            'chunking = "semantic"\n[knowledge_base.semantic]\nmax_tokens = 7783\n',
            "semantic.max_tokens: a passage of 7783 tokens can be longer",
        ),
        (
            'chunking = "semantic"\nembedding_model = "cohere.embed-english-v3"\n[knowledge_base.semantic]\n'
            "max_tokens = 513\n",
            "semantic.max_tokens: cohere.embed-english-v3 embeds at most 512 tokens, got 513; use 512 or less",
        ),
        (
            'chunking = "hierarchical"\nembedding_model = "cohere.embed-english-v3"\n[knowledge_base.hierarchical]\n'
            "child_max_tokens = 513\n",
            "hierarchical.child_max_tokens: cohere.embed-english-v3 embeds at most 512 tokens, got 513",
        ),
    ],
)
def test_what_contradicts_itself_the_model_or_the_store(tmp_path: Path, settings: str, said: str) -> None:
    (fault,) = found(tmp_path, settings)

    assert f"knowledge_base.{said}" in fault


@pytest.mark.parametrize(("chunking", "warned"), [("fixed", False), ("hierarchical", True)])
def test_hierarchical_chunks_in_s3_vectors_are_warned_of(tmp_path: Path, chunking: str, warned: bool) -> None:
    text = HEAD + BASE.format(documents="documents") + f'chunking = "{chunking}"\n'
    warnings = list(reading_warnings(load_deployment_config(deployment_file(tmp_path, text))))

    assert len(warnings) == warned
    assert all(line.startswith("knowledge_base.chunking: AWS does not recommend") for line in warnings)


def test_a_parent_is_not_embedded(tmp_path: Path) -> None:
    text = 'chunking = "hierarchical"\nembedding_model = "cohere.embed-english-v3"\n[knowledge_base.hierarchical]\n'

    assert found(tmp_path, text + "parent_max_tokens = 4000\n") == []


def test_a_whole_file_must_fit_a_vector_and_the_model(tmp_path: Path) -> None:
    folder = tmp_path / "long"
    folder.mkdir()
    for name, size in {"fits.md": 2_000, "long.md": 2_561, "huge.txt": 38_913}.items():
        (folder / name).write_text("x" * size, encoding="utf-8")
    (folder / "other.pdf").write_bytes(b"x" * 50_000)

    (of_store,) = found(tmp_path, 'chunking = "none"\n', documents="long")
    (of_model,) = found(tmp_path, 'chunking = "none"\nembedding_model = "cohere.embed-english-v3"\n', documents="long")
    by_function = found(tmp_path, f'chunking = "none"\ntransformation = "{EXAMPLE}"\n', documents="long")

    assert "S3 Vectors stores at most 38,912 bytes of text, got huge.txt (38,913 bytes); split them" in of_store
    assert "embed-english-v3 embeds at most 2,560 bytes of text, got huge.txt (38,913 bytes), long.md" in of_model
    assert by_function == []


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("amazon.nova-lite-v1:0", None),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", None),
        ("us.meta.llama4-scout-17b-instruct-v1:0", None),
        ("amazon.nova-micro-v1:0", "does not parse documents; use a Claude, Nova or Llama 4 model that reads images"),
        ("amazon.titan-embed-text-v2:0", "does not parse documents"),
        ("amazon.nova-lyte-v1:0", "is not in the model catalog"),
    ],
)
def test_a_model_that_reads_images_parses(tmp_path: Path, model: str, said: str | None) -> None:
    result = found(tmp_path, f'[knowledge_base.parsing]\nmodel = "{model}"\n')

    assert len(result) == bool(said)
    assert all("knowledge_base.parsing.model: " in fault and str(said) in fault for fault in result)


def test_a_prompt_is_not_resolved_by_cloudformation(tmp_path: Path) -> None:
    prompt = "{{resolve:ssm:name}}"

    (fault,) = found(tmp_path, f'[knowledge_base.parsing]\nmodel = "amazon.nova-lite-v1:0"\nprompt = "{prompt}"\n')

    assert "knowledge_base.parsing.prompt: CloudFormation would replace {{resolve:...}}" in fault


def test_a_transformation_is_code_with_a_handler(tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (tmp_path / "other.py").write_text("def handler(event, context): ...\n", encoding="utf-8")

    assert found(tmp_path, f'transformation = "{EXAMPLE}"\n') == []
    (absent,) = found(tmp_path, 'transformation = "none.py"\n')
    (empty,) = found(tmp_path, 'transformation = "code"\n')
    (unnamed,) = found(tmp_path, 'transformation = "other.py"\n')
    (code / "lambda_function.py").write_text("def lambda_handler(event, context): ...\n", encoding="utf-8")

    assert "knowledge_base.transformation: " in absent
    assert "does not exist" in absent
    assert "lambda_function.lambda_handler needs lambda_function.py, which is not there" in empty
    assert "defines no lambda_handler; define it, or name the file, or a folder with lambda_function.py" in unnamed
    assert not unnamed.endswith("to another function")
    assert found(tmp_path, 'transformation = "code"\n') == []
