"""The files in the zips are equal byte for byte on every machine, and Lambda can read them."""

import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import botocore
import pytest

from bedrock_constructs.lambda_functions import code, code_zip

PROJECT = Path(code.__file__).resolve().parents[2]
HASHES = """
from bedrock_constructs.lambda_functions.code_zip import content_hash, zip_files
for arguments in (
    ("custom_resources.handler", (), ("bedrock",)),
    ("customization.handlers.start_run", (), ("bedrock",)),
    ("inference_api.handler",),
    ("provisioned_throughput_controller.handler", ("tzdata",), ("bedrock",)),
):
    print(arguments[0], content_hash(zip_files(*arguments)))
"""


def hashes(python: str, umask: str, environment: Mapping[str, str]) -> str:
    packages = Path(botocore.__file__).parent.parent
    command = ["/bin/sh", "-c", f'umask {umask}; exec "$0" -B -c "$1"', python, HASHES]
    finished = subprocess.run(
        command,
        cwd=PROJECT,
        env={"PYTHONPATH": f"{PROJECT}{os.pathsep}{packages}", "PATH": os.environ["PATH"], **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return finished.stdout


def other_pythons() -> Iterator[str]:
    """Interpreters of another minor version that work, on the path or installed by pyenv."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders += sorted(pyenv.glob("versions/*/bin"))
    for minor in range(11, 20):
        for python in (folder / f"python3.{minor}" for folder in folders):
            works = (
                minor != sys.version_info.minor
                and python.is_file()
                and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
            )
            if works:
                yield str(python)
                break


def test_bytes_do_not_depend_on_umask_locale_hash_seed_and_time_zone() -> None:
    here = hashes(sys.executable, "022", {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"})

    assert len(here.splitlines()) == 4
    assert hashes(sys.executable, "077", {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Tokyo"}) == here


def test_bytes_are_equal_on_another_version_of_python() -> None:
    others = list(other_pythons())
    if not others:
        pytest.skip(f"no other version of Python than 3.{sys.version_info.minor} was found on the path or in pyenv")
    here = hashes(sys.executable, "022", {})

    for python in others:
        assert hashes(python, "077", {}) == here, python


@pytest.mark.parametrize("mode", [0o600, 0o700, 0o666])
def test_modes_are_set_whatever_those_of_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    source = tmp_path / "handler.py"
    source.write_text("A = 1\n", encoding="utf-8")
    source.chmod(mode)
    monkeypatch.setattr(code_zip, "source_files", lambda _: {"app/handler.py": source})
    archive = tmp_path / "code.zip"
    archive.write_bytes(code_zip.zip_bytes(code_zip.zip_files("app.handler")))

    with zipfile.ZipFile(archive) as opened:
        (member,) = opened.infolist()
    assert member.external_attr >> 16 == stat.S_IFREG | 0o644
    assert (member.create_system, member.compress_type) == (3, zipfile.ZIP_DEFLATED)


def test_sha256sum_gives_the_content_hash_of_an_unzipped_function(tmp_path: Path) -> None:
    files = code_zip.zip_files("inference_api.authorizer", more={"amazon_roots.pem": "a"})
    archive = tmp_path / "code.zip"
    archive.write_bytes(code_zip.zip_bytes(files))
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "code")

    command = "find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"
    printed = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path / "code", check=True, capture_output=True)

    assert printed.stdout.decode().split()[0] == code_zip.content_hash(files)
