"""[knowledge_base.prompt] and .evaluation: templates and judges that Bedrock would refuse are told before a deploy."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deployment.checks.knowledge_base import prompt_faults
from deployment.sections.knowledge_base import KnowledgePrompt
from tests.deployment.checks.test_knowledge_bases import config, faults

GOOD = "Answer from these.\n$search_results$\nIt is $current_time$, a coffee is $3.\n$output_format_instructions$"


def of(**prompt: Any) -> list[str]:
    return list(prompt_faults("knowledge_base", KnowledgePrompt.model_validate(prompt)))


def test_a_good_template_is_text_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(f"{GOOD}\n\n", encoding="utf-8")

    assert of(text=GOOD) == of(file=file) == []
    assert KnowledgePrompt(file=file).template == GOOD
    assert faults(config(theirs={"existing": "KB12345678", "prompt": {"text": GOOD}})) == []


@pytest.mark.parametrize(
    ("prompt", "fault"),
    [
        ({"text": "x $output_format_instructions$"}, r"prompt\.text must hold \$search_results\$"),
        ({"text": "$search_results$"}, r"lacks \$output_format_instructions\$.*or set citations = false"),
        ({"text": f"{GOOD} $queries$"}, r"\$queries\$ is not a placeholder; allowed are \$search_results\$, \$query\$"),
        ({"text": GOOD + "x" * 4000}, r"must have 1 to 4,000 characters, got 4,1\d\d"),
        (
            {"file": Path("gone.txt")},
            r"prompt\.file: gone\.txt cannot be read as UTF-8: No such file or directory; name",
        ),
    ],
)
def test_a_template_that_bedrock_would_not_use(prompt: dict[str, Any], fault: str) -> None:
    (found,) = of(**prompt)

    assert found.startswith("knowledge_base.prompt.")
    assert re.search(fault, found), found


def test_answers_without_citations_are_a_choice() -> None:
    assert of(text="$search_results$", citations=False) == []


@pytest.mark.parametrize("prompt", [{}, {"text": "a", "file": "b"}])
def test_a_prompt_is_one_of_both(prompt: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="exactly one of text, file is needed"):
        KnowledgePrompt.model_validate(prompt)


def test_a_judge_is_one_of_bedrocks_for_knowledge_bases(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text", encoding="utf-8")
    judged = {"documents": tmp_path, "evaluation": {"evaluator_model": "us.amazon.nova-pro-v1:0"}}

    assert faults(config(docs=judged)) == []
    (fault,) = faults(config(docs=judged | {"evaluation": {"evaluator_model": "amazon.nova-lite-v1:0"}}))
    assert fault.startswith("knowledge_bases.docs.evaluation.evaluator_model must be one of amazon.nova-pro-v1:0")
    (fault,) = faults(config(docs={"existing": "KB12345678", "evaluation": judged["evaluation"]}))
    assert fault.startswith("knowledge_bases.docs.evaluation: says how a knowledge base is made")
