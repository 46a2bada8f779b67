"""Builds the zip of a Lambda function: the modules that its handler imports, API models and data packages.

Its bytes depend on these sources only: not on the machine's Python, zlib, umask, locale, clock or line endings.
"""

import importlib.util
import io
import stat
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bedrock_constructs.lambda_functions.sources import source_files

# Data packages that the Lambda runtime does not guarantee: pinned in requirements.txt, copied as installed.
INSTALLED = ("tzdata",)
SERVICE_MODELS_FOLDER = "service_models"
# Lambda reads the files as another user: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
FILE_MODE = stat.S_IFREG | 0o644
SCRIPT_MODE = stat.S_IFREG | 0o755
DATE = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def zip_bytes(
    module: str,
    data_packages: Sequence[str] = (),
    service_models: Sequence[str] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """The zip of the function whose handler is in `module`; `more` is content by its path in the zip.

    Members are stored, because each zlib deflates to other bytes. There is no bytecode, because it fits one version of
    Python and saves a cold start little (benchmarks/bytecode.py).
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        texts = [(name, text.encode() if isinstance(text, str) else text) for name, text in (more or {}).items()]
        for name, content in sorted([*_files(module, data_packages, service_models), *texts]):
            member = zipfile.ZipInfo(name, DATE)
            member.create_system = UNIX
            member.external_attr = (SCRIPT_MODE if content.startswith(b"#!") else FILE_MODE) << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def _files(module: str, data_packages: Sequence[str], service_models: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for name, path in source_files(module).items():
        yield name, path.read_bytes().replace(b"\r\n", b"\n")  # Git may check out either
    for package in data_packages:
        yield from _data_package_files(package)
    for service in service_models:
        yield from _service_model_files(service)


def _data_package_files(package: str) -> Iterator[tuple[str, bytes]]:
    if package not in INSTALLED or importlib.util.find_spec(package) is None:
        raise ValueError(f"data package must be one of {', '.join(INSTALLED)} and installed, got {package}")
    folder = _folder(package)
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()


def _service_model_files(service: str) -> Iterator[tuple[str, bytes]]:
    data = _folder("botocore") / "data" / service
    version = max(entry.name for entry in data.iterdir() if entry.is_dir())
    for path in (data / version).glob("*.json*"):
        if path.name.startswith(("service-2", "endpoint-rule-set-1", "paginators-1")):
            yield f"{SERVICE_MODELS_FOLDER}/{service}/{version}/{path.name}", path.read_bytes()


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec
    assert spec.origin
    return Path(spec.origin).parent
