"""The staged code of a Lambda function and its asset hash."""

import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader

from bedrock_constructs.lambda_functions import code, sources

CONSTRUCTS = Path(code.__file__).parent.parent
SERVICE_MODELS = re.compile(r'service_models=\["([a-z0-9-]+)"')


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one function, `app.handler`, and a module it does not use."""
    monkeypatch.setattr(sources, "SOURCE_ROOTS", (tmp_path / "lambda", tmp_path))
    monkeypatch.setattr(code, "PROJECT", tmp_path)
    package = tmp_path / "lambda" / "app"
    package.mkdir(parents=True)
    for name, text in (("__init__", ""), ("handler", "import app.core"), ("core", "A = 1"), ("unused", "A = 1")):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    yield package
    forget_sources()


def forget_sources() -> None:
    for remembered in (code._staged, sources._file, sources._imported):
        remembered.cache_clear()


def staged(*data_packages: str, service_models: tuple[str, ...] = ()) -> tuple[Path, str]:
    forget_sources()
    return code._staged("app.handler", data_packages, service_models)


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_only_used_modules_are_staged(tree: Path) -> None:
    files = [name for name in files_of(staged()[0]) if name.endswith(".py")]

    assert files == ["app/__init__.py", "app/core.py", "app/handler.py"]


def test_the_hash_changes_with_used_modules_only(tree: Path) -> None:
    before = staged()[1]
    (tree / "unused.py").write_text("A = 2", encoding="utf-8")
    assert staged()[1] == before

    (tree / "core.py").write_text("A = 2", encoding="utf-8")
    assert staged()[1] != before


def test_the_hash_changes_when_a_module_is_renamed(tree: Path) -> None:
    text = "try:\n    import app.core\nexcept ImportError:\n    import app.base"
    (tree / "handler.py").write_text(text, encoding="utf-8")
    before = staged()[1]
    (tree / "core.py").rename(tree / "base.py")

    assert staged()[1] != before


def test_bytecode_is_staged_for_the_python_of_the_runtime_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "PYTHON_MINOR", sys.version_info[:2])
    assert any(name.endswith(".pyc") for name in files_of(staged()[0]))

    monkeypatch.setattr(code, "PYTHON_MINOR", (3, 99))
    assert not any(name.endswith(".pyc") for name in files_of(staged()[0]))


def test_lambda_can_read_all_files_whatever_the_umask(tree: Path) -> None:
    umask = os.umask(0o077)
    try:
        folder, _ = staged()
    finally:
        os.umask(umask)

    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes == {True: 0o755, False: 0o644}


def test_data_packages_are_staged(tree: Path) -> None:
    assert "tzdata/zoneinfo/Europe/Vienna" in files_of(staged("tzdata")[0])


def test_boto3_reads_every_service_model_from_the_zip_with_its_paginators(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = {name for path in CONSTRUCTS.rglob("*.py") for name in SERVICE_MODELS.findall(path.read_text("utf-8"))}
    assert used, "no construct names a service model"
    folder, _ = staged(service_models=tuple(sorted(used)))

    for service in used:
        loader = Loader(extra_search_paths=[str(folder / "service_models")], include_default_search_paths=False)
        assert loader.load_service_model(service, "service-2")["metadata"]
        assert loader.load_service_model(service, "endpoint-rule-set-1")["rules"]
        assert loader.load_service_model(service, "paginators-1")["pagination"]


def test_an_unknown_data_package_raises(tree: Path) -> None:
    with pytest.raises(ValueError, match="data package must be one of tzdata"):
        staged("boto3")
