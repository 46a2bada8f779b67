"""Builds the code of a function from the modules that its handler imports. The same sources give the same asset hash.

If Python at synth has the runtime's minor version, the code contains bytecode too: without it, every cold start
compiles the sources. CDK's zip dates files to 1980, so only hash-based .pyc files stay valid.
"""

import hashlib
import importlib.util
import json
import py_compile
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

from bedrock_constructs.lambda_functions.sources import PROJECT, source_files

PYTHON_MINOR = (3, 14)
RUNTIME = lambda_.Runtime.PYTHON_3_14
# Data packages that the Lambda runtime does not guarantee: pinned in requirements.txt, copied as installed.
INSTALLED = ("tzdata",)
SERVICE_MODELS_FOLDER = "service_models"


def lambda_code(handler: str, *, data_packages: Sequence[str] = (), service_models: Sequence[str] = ()) -> lambda_.Code:
    """The code of the function with the entry point `handler` (`inference_api.handler.handler`).

    `data_packages`: packages of INSTALLED to include. `service_models`: botocore services ("bedrock") whose pinned API
    model to include, because the boto3 of the runtime can be too old. The function finds them if AWS_DATA_PATH is
    `data_path()`.
    """
    module = handler.rpartition(".")[0]
    staged, asset_hash = _staged(module, tuple(data_packages), tuple(service_models))
    return lambda_.Code.from_asset(str(staged), asset_hash=asset_hash, asset_hash_type=AssetHashType.CUSTOM)


def data_path() -> str:
    """The value of AWS_DATA_PATH for functions built with `service_models` (botocore expands the variable)."""
    return f"$LAMBDA_TASK_ROOT/{SERVICE_MODELS_FOLDER}"


@cache  # several functions have the same code, and the sources do not change during a synth
def _staged(module: str, data_packages: tuple[str, ...], service_models: tuple[str, ...]) -> tuple[Path, str]:
    files = sorted(_files(module, data_packages, service_models))
    digest = hashlib.sha256(json.dumps(PYTHON_MINOR).encode())
    for name, content in files:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    asset_hash = digest.hexdigest()
    return _stage(files, asset_hash), asset_hash


def _files(module: str, data_packages: Sequence[str], service_models: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    yield from ((name, path.read_bytes()) for name, path in source_files(module).items())
    for package in data_packages:
        yield from _data_package_files(package)
    for service in service_models:
        yield from _service_model_files(service)


def _data_package_files(package: str) -> Iterator[tuple[str, bytes]]:
    spec = importlib.util.find_spec(package) if package in INSTALLED else None
    if spec is None or spec.origin is None:
        raise ValueError(f"data package must be one of {', '.join(INSTALLED)} and installed, got {package}")
    folder = Path(spec.origin).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()


def _service_model_files(service: str) -> Iterator[tuple[str, bytes]]:
    import botocore

    data = Path(botocore.__file__).parent / "data" / service
    version = max(entry.name for entry in data.iterdir() if entry.is_dir())
    for path in sorted((data / version).glob("*.json*")):
        if path.name.startswith(("service-2", "endpoint-rule-set-1", "paginators-1")):
            yield f"{SERVICE_MODELS_FOLDER}/{service}/{version}/{path.name}", path.read_bytes()


def _stage(files: Sequence[tuple[str, bytes]], asset_hash: str) -> Path:
    parent = PROJECT / ".local" / "lambda"
    staged = parent / f"{asset_hash}-{'.'.join(map(str, sys.version_info[:2]))}"
    if staged.is_dir():
        return staged
    parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=parent))
    for name, content in files:
        target = scratch / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if target.suffix == ".py" and sys.version_info[:2] == PYTHON_MINOR:
            _compile(target, name)
    for path in (scratch, *scratch.rglob("*")):  # Lambda needs files that everyone can read, whatever the umask
        path.chmod(0o755 if path.is_dir() else 0o644)
    try:
        scratch.rename(staged)
    except OSError:  # another synth has staged the same content
        shutil.rmtree(scratch)
    return staged


def _compile(source: Path, name: str) -> None:
    py_compile.compile(
        str(source),
        dfile=f"/var/task/{name}",
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
