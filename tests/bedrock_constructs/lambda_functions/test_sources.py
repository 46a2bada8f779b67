"""Which source files become the code of a Lambda function."""

from pathlib import Path

import pytest

from bedrock_constructs.lambda_functions import sources
from bedrock_constructs.lambda_functions.sources import source_files

HANDLERS = (
    "custom_resources.handler",
    "customization.handlers.check_data",
    "customization.handlers.promote",
    "customization.handlers.record_metrics",
    "customization.handlers.start_run",
    "inference_api.handler",
    "inference_api.authorizer",
    "knowledge_base_ingestion.handler",
    "provisioned_throughput_controller.handler",
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project with both source roots."""
    monkeypatch.setattr(sources, "SOURCE_ROOTS", (tmp_path / "lambda", tmp_path))
    return tmp_path


def write(root: Path, **modules: str) -> None:
    """`package__module="text"` below `root`, with the files of the packages."""
    for name, text in modules.items():
        path = root.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")


def test_imports_are_followed_through_both_source_roots(tree: Path) -> None:
    write(tree / "lambda", app__handler="import json\nfrom app.core import run", app__core="import shared.names.deep")
    write(tree, shared__names__deep="", shared__names__unused="")
    (tree / "shared" / "__init__.py").touch()

    assert list(source_files("app.handler")) == [
        "app/__init__.py",
        "app/core.py",
        "app/handler.py",
        "shared/__init__.py",
        "shared/names/__init__.py",
        "shared/names/deep.py",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import app.core",
        "import app.core as core",
        "from app import core",
        "from app.core import run",
        "def run():\n    from app import core",
        "try:\n    import app.core\nexcept ImportError:\n    pass",
        "if TYPE_CHECKING:\n    pass\nelse:\n    import app.core",
    ],
)
def test_every_import_that_can_run_counts(tree: Path, text: str) -> None:
    write(tree / "lambda", app__handler=text, app__core="")

    assert "app/core.py" in source_files("app.handler")


@pytest.mark.parametrize(
    "text", ["if TYPE_CHECKING:\n    import app.core", "if typing.TYPE_CHECKING:\n    from app import core"]
)
def test_imports_for_type_checking_do_not_count(tree: Path, text: str) -> None:
    write(tree / "lambda", app__handler=text, app__core="")

    assert list(source_files("app.handler")) == ["app/__init__.py", "app/handler.py"]


def test_imports_of_a_package_file_count(tree: Path) -> None:
    write(tree / "lambda", app__handler="", app__core="")
    (tree / "lambda" / "app" / "__init__.py").write_text("from app import core", encoding="utf-8")

    assert "app/core.py" in source_files("app.handler")


def test_modules_that_import_each_other(tree: Path) -> None:
    write(tree / "lambda", app__handler="import app.core", app__core="import app.handler")

    assert len(source_files("app.handler")) == 3


@pytest.mark.parametrize("module", ["app.missing", "json"])
def test_an_unknown_module_raises(tree: Path, module: str) -> None:
    write(tree / "lambda", app__handler="")

    with pytest.raises(ValueError, match="handler must be in a module"):
        source_files(module)


def test_a_relative_import_raises(tree: Path) -> None:
    write(tree / "lambda", app__handler="from . import core")

    with pytest.raises(ValueError, match="imports must be absolute"):
        source_files("app.handler")


@pytest.mark.parametrize("module", HANDLERS)
def test_functions_of_the_kit_contain_no_other_room(module: str) -> None:
    files = source_files(module)
    folders = {name.split("/")[0] for name in files}
    allowed = {
        "customization": {"training_data"},
        "provisioned_throughput_controller": {"custom_resources"},
    }
    package = module.split(".")[0]

    assert package in folders
    assert folders <= {package, "kit_contract"} | allowed.get(package, set())


def test_the_authorizer_does_not_contain_the_routes() -> None:
    assert "inference_api/routes.py" not in source_files("inference_api.authorizer")
