"""The staged code of a Lambda function and its asset hash."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_cdk import Aws
from botocore.loaders import Loader

from bedrock_constructs.lambda_functions import code, code_zip, sources
from bedrock_constructs.lambda_functions.code_zip import content_hash

CONSTRUCTS = Path(code.__file__).parent.parent
SERVICE_MODELS = re.compile(r'service_models=\["([a-z0-9-]+)"')


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one function, `app.handler`, and a module it does not use."""
    monkeypatch.setattr(sources, "SOURCE_ROOTS", (tmp_path / "lambda", tmp_path))
    monkeypatch.setattr(code, "staging_folder", lambda name: tmp_path)
    package = tmp_path / "lambda" / "app"
    package.mkdir(parents=True)
    for name, text in (("__init__", ""), ("handler", "import app.core"), ("core", "A = 1\n" * 99), ("unused", "A = 1")):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    yield package
    forget_sources()


def forget_sources() -> None:
    for remembered in (code._staged, sources._file, sources._read):
        remembered.cache_clear()


def staged(
    *data_packages: str, service_models: tuple[str, ...] = (), more: tuple[tuple[str, str], ...] = ()
) -> tuple[Path, str]:
    forget_sources()
    return code._staged("app.handler", data_packages, service_models, more)


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_only_used_modules_are_staged_and_no_bytecode(tree: Path) -> None:
    (tree / "__pycache__").mkdir()
    (tree / "__pycache__" / "core.cpython-314.pyc").write_bytes(b"x")

    assert names_in(staged()[0]) == ["app/__init__.py", "app/core.py", "app/handler.py"]


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


def test_the_hash_is_that_of_the_shipped_files(tree: Path) -> None:
    path, asset_hash = staged()
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    assert content_hash(files) == asset_hash


def test_a_zlib_that_deflates_otherwise_changes_no_hash(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, asset_hash = staged()
    first = path.read_bytes()
    monkeypatch.setattr(code_zip, "LEVEL", 1)

    assert staged() == (path, asset_hash)
    assert path.read_bytes() != first


def test_what_an_earlier_run_staged_is_not_shipped_again(tree: Path) -> None:
    path, asset_hash = staged()
    path.write_bytes(b"damaged")

    assert staged() == (path, asset_hash)
    assert names_in(path)


def test_line_endings_of_the_checkout_do_not_matter(tree: Path) -> None:
    (tree / "core.py").write_bytes(b"A = 1\nB = 2\n")
    before = staged()[1]
    (tree / "core.py").write_bytes(b"A = 1\r\nB = 2\r\n")

    assert staged()[1] == before


def test_data_packages_are_staged(tree: Path) -> None:
    assert "tzdata/zoneinfo/Europe/Vienna" in names_in(staged("tzdata")[0])


def test_boto3_reads_every_service_model_from_the_zip_with_its_paginators(tree: Path, tmp_path: Path) -> None:
    used = {name for path in CONSTRUCTS.rglob("*.py") for name in SERVICE_MODELS.findall(path.read_text("utf-8"))}
    assert used, "no construct names a service model"
    folder = tmp_path / "unzipped"
    with zipfile.ZipFile(staged(service_models=tuple(sorted(used)))[0]) as archive:
        archive.extractall(folder)

    for service in used:
        loader = Loader(extra_search_paths=[str(folder / "service_models")], include_default_search_paths=False)
        assert loader.load_service_model(service, "service-2")["metadata"]
        assert loader.load_service_model(service, "endpoint-rule-set-1")["rules"]
        assert loader.load_service_model(service, "paginators-1")["pagination"]


def test_an_unknown_data_package_raises(tree: Path) -> None:
    with pytest.raises(ValueError, match="data package must be one of tzdata"):
        staged("boto3")


def test_a_file_is_in_the_zip_and_its_content_in_the_hash(tree: Path) -> None:
    path, first = staged(more=(("aliases.json", "{}"),))

    with zipfile.ZipFile(path) as archive:
        assert archive.read("aliases.json") == b"{}"
    assert len({first, staged(more=(("aliases.json", "{1}"),))[1], staged()[1]}) == 3


def test_a_file_with_a_token_raises(tree: Path) -> None:
    with pytest.raises(ValueError, match=r"aliases\.json must hold no tokens"):
        code.lambda_code("app.handler.handle", files={"aliases.json": f"a {Aws.ACCOUNT_ID}"})
