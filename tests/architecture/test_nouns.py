"""Every section of deployment.toml has the same name in each room, so that a search by file name lists all its code."""

from pathlib import Path

import pytest

from deployment.config import DeploymentConfig

PROJECT = Path(__file__).resolve().parents[2]
SEVERAL = {"knowledge_bases"}  # of a noun that has a section of its own
NOUNS = sorted(DeploymentConfig.model_fields.keys() - SEVERAL)
ROOMS = ("deployment/sections", "stacks", "bedrock_constructs", "lambda", "tests")
# (noun, room) -> why the room has no file or folder with this name.
EXCEPTIONS = {
    ("deployment", "stacks"): "name and region apply to all stacks",
    ("deployment", "bedrock_constructs"): "name and region apply to all constructs",
    ("deployment", "lambda"): "name and region apply to all functions",
    ("guardrails", "stacks"): "they belong to the stack of the inference API, which changes before they are deleted",
    ("budget", "lambda"): "CloudFormation creates budgets; no function is needed",
    ("operations", "lambda"): "CloudFormation creates alarms and dashboards; no function is needed",
    ("pipeline", "bedrock_constructs"): "the package pipelines has those of several CI systems",
    ("pipeline", "lambda"): "IAM and the CI system do it; no function is needed",
}
PARTS = {"pipeline": {"pipeline_access"}}  # stacks of a noun that has more than one


def found(noun: str, room: str) -> list[Path]:
    """Files and folders named `noun` or `noun_...`."""
    paths = [path for path in (PROJECT / room).rglob(f"*{noun}*") if "__pycache__" not in path.parts]
    return [path for path in paths if f"{path.stem.removeprefix('test_')}_".startswith(f"{noun}_")]


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_is_found_in_every_room(noun: str, room: str) -> None:
    assert bool(found(noun, room)) != ((noun, room) in EXCEPTIONS)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_section_and_its_stack_have_the_name_of_the_noun(noun: str) -> None:
    assert (PROJECT / "deployment" / "sections" / f"{noun}.py").is_file()
    stacks = [(PROJECT / "stacks" / f"{name}_stack.py").is_file() for name in (noun, *PARTS.get(noun, ()))]
    assert any(stacks) != ((noun, "stacks") in EXCEPTIONS)


def test_every_stack_belongs_to_a_noun() -> None:
    stacks = {path.name.removesuffix("_stack.py") for path in (PROJECT / "stacks").glob("*_stack.py")}

    assert stacks - set().union(*PARTS.values()) <= set(NOUNS)
