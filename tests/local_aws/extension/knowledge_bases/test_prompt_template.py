"""A prompt template is filled in once: placeholders in documents and questions stay text."""

from tests.local_aws.conftest import Call

MODULE = "knowledge_bases.prompt_template"


def test_each_placeholder_is_replaced_once(call: Call) -> None:
    passages = [{"content": {"text": "Costs $query$."}}, {"content": {"text": "Or $5."}}]
    template = "A $search_results$ B $query$ C $other$ D $query$"

    filled = call(MODULE, "filled", template, "What is $search_results$?", passages)

    question = "What is $search_results$?"
    assert filled == f"A [1] Costs $query$.\n\n[2] Or $5. B {question} C $other$ D {question}"


def test_without_a_template_the_passages_are_all_that_counts(call: Call) -> None:
    filled = call(MODULE, "filled", None, "Q", [{"content": {"text": "P"}}])

    assert filled.endswith("say so.\n\n[1] P")
