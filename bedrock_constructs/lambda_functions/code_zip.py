"""Builds the zip of a Lambda function: the modules that its handler imports, API models and data packages.

Its files depend on these sources only: not on the machine's Python, umask, locale, clock or line endings. So does
`content_hash`. The bytes of the zip also depend on zlib, of which there are several that deflate differently.
"""

import hashlib
import importlib.util
import io
import stat
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bedrock_constructs.lambda_functions.sources import shipped_source, source_files

# Data packages that the Lambda runtime does not guarantee: pinned in requirements.txt, copied as installed.
INSTALLED = ("tzdata",)
SERVICE_MODELS_FOLDER = "service_models"
# Lambda reads the files as another user: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
FILE_MODE = stat.S_IFREG | 0o644
SCRIPT_MODE = stat.S_IFREG | 0o755
DATE = (1980, 1, 1, 0, 0, 0)
UNIX = 3
LEVEL = 9  # the smallest


def zip_files(
    module: str,
    data_packages: Sequence[str] = (),
    service_models: Sequence[str] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> dict[str, bytes]:
    """Path in the zip -> content, for the function whose handler is in `module`; `more` is content by its path.

    There is no bytecode: it fits one version of Python, and docs/architecture.md says what it would save.
    """
    texts = [(name, text.encode() if isinstance(text, str) else text) for name, text in (more or {}).items()]
    return dict(sorted([*_files(module, data_packages, service_models), *texts]))


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 of what `sha256sum` prints for the files in the order of their names."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, DATE)
            member.create_system = UNIX
            member.external_attr = (SCRIPT_MODE if content.startswith(b"#!") else FILE_MODE) << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED, LEVEL)
    return buffer.getvalue()


def _files(module: str, data_packages: Sequence[str], service_models: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for name, path in source_files(module).items():
        yield name, shipped_source(path).encode()
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
