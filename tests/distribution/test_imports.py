"""The modules of the wheel import each other by the names that they have there."""

import tomllib

import pytest

from distribution.contents import CONSTRUCTS, DATA, ROOMS, SOURCES_OF_FUNCTIONS
from distribution.imports import rewritten, with_installed_commands
from kit_contract.places import SOURCES

IMPORTS = [
    ("from kit.runs import list\n", "from bedrock_deployment_kit.kit.runs import list\n"),
    ("import model_catalog.catalog as known\n", "import bedrock_deployment_kit.model_catalog.catalog as known\n"),
    (
        "if True:\n    from kit.a import (\n        b,\n    )\n",
        "if True:\n    from bedrock_deployment_kit.kit.a import (\n        b,\n    )\n",
    ),
    ("from bedrock_constructs.budget import Budget\n", "from bedrock_constructs.budget import Budget\n"),
    ("from kitchen import sink\nfrom .kit import x\n", "from kitchen import sink\nfrom .kit import x\n"),
    ('ä = 1; x = "kit.runs"\n', 'ä = 1; x = "bedrock_deployment_kit.kit.runs"\n'),
    ('x = "kit", "kit.no_module", "see kit.runs"\n', 'x = "kit", "kit.no_module", "see kit.runs"\n'),
]


@pytest.mark.parametrize(("source", "expected"), IMPORTS)
def test_names_of_modules_are_rewritten_and_nothing_else(source: str, expected: str) -> None:
    assert rewritten(source, ROOMS, SOURCES) == expected


def test_an_import_that_would_bind_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"line 2: import kit\.runs must be from \.\.\. import, or as"):
        rewritten("\nimport kit.runs\n", ROOMS, SOURCES)


def test_messages_name_the_installed_command() -> None:
    assert with_installed_commands('"run python -m kit cost"') == '"run bedrock-kit cost"'
    assert (
        with_installed_commands('"see kit runs retry; <!-- kit diff -->"')
        == '"see bedrock-kit runs retry; <!-- kit diff -->"'
    )


def test_the_sdist_has_what_the_wheel_is_made_of() -> None:
    build = tomllib.loads((SOURCES / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    included = build["targets"]["sdist"]["only-include"]
    rooms = [room if (SOURCES / room).is_dir() else f"{room}.py" for room in ROOMS]

    assert {*rooms, *DATA, CONSTRUCTS, SOURCES_OF_FUNCTIONS, "distribution"} <= set(included)
    assert [path for path in included if not (SOURCES / path).exists()] == []
