"""A project that `bedrock-kit init` makes passes its own tests, with nothing but the wheel and its dependencies."""

import pytest

from tests.end_to_end.scenarios import project


@pytest.mark.step(project, "made")
def test_the_wheel_has_everything_a_project_begins_with(seen: set[str]) -> None:
    assert {"app.py", "cdk.json", "deployment.toml", "requirements.txt", "package-lock.json", ".gitignore"} <= seen
    assert {"documents/descaling.md", "datasets/chat.jsonl", "tools/order_status.py", "tests/test_stacks.py"} <= seen
    assert ".github/workflows/deploy-prod.yml" in seen


@pytest.mark.step(project, "tests")
def test_it_passes_its_own_tests(seen: str) -> None:
    assert "10 passed" in seen


@pytest.mark.step(project, "own stack")
def test_a_stack_of_its_own_is_beside_those_of_the_kit(seen: set[str]) -> None:
    assert {"my-bot-prod-inference-api", "my-bot-prod-website"} <= seen
