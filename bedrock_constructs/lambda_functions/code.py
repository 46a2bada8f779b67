"""The code of a function as CDK asset, whose hash is made from the files: under one hash, the same code is shipped."""

import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from aws_cdk import AssetHashType, Token
from aws_cdk import aws_lambda as lambda_

from bedrock_constructs.lambda_functions.code_zip import SERVICE_MODELS_FOLDER, content_hash, zip_bytes, zip_files
from bedrock_constructs.lambda_functions.staging import staging_folder

RUNTIME = lambda_.Runtime.PYTHON_3_14


def lambda_code(
    handler: str,
    *,
    data_packages: Sequence[str] = (),
    service_models: Sequence[str] = (),
    files: Mapping[str, str | bytes] | None = None,
) -> lambda_.Code:
    """The code of the function with the entry point `handler` (`inference_api.handler.handler`).

    `data_packages`: packages of INSTALLED to include. `service_models`: botocore services ("bedrock") whose pinned API
    model to include, because the boto3 of the runtime can be too old. The function finds them if AWS_DATA_PATH is
    `data_path()`. `files`: path in the zip -> content, for what does not fit into the environment's 4 KB. A token in it
    is a ValueError: CloudFormation resolves none in an asset.
    """
    module = handler.rpartition(".")[0]
    more = tuple(sorted((files or {}).items()))
    for name, content in more:
        if isinstance(content, str) and Token.is_unresolved(content):
            raise ValueError(f"{name} must hold no tokens, got {content}; pass such values in the environment")
    path, asset_hash = _staged(module, tuple(data_packages), tuple(service_models), more)
    return lambda_.Code.from_asset(str(path), asset_hash=asset_hash, asset_hash_type=AssetHashType.CUSTOM)


def files_code(files: Mapping[str, bytes]) -> lambda_.Code:
    """The code of a function of somebody else's: path in the zip -> content."""
    path, asset_hash = _written(files)
    return lambda_.Code.from_asset(str(path), asset_hash=asset_hash, asset_hash_type=AssetHashType.CUSTOM)


def data_path() -> str:
    """The value of AWS_DATA_PATH for functions built with `service_models` (botocore expands the variable)."""
    return f"$LAMBDA_TASK_ROOT/{SERVICE_MODELS_FOLDER}"


@cache  # several functions have the same code, and the sources do not change during a synth
def _staged(
    module: str,
    data_packages: tuple[str, ...],
    service_models: tuple[str, ...],
    more: tuple[tuple[str, str | bytes], ...] = (),
) -> tuple[Path, str]:
    return _written(zip_files(module, data_packages, service_models, dict(more)))


def _written(files: Mapping[str, bytes]) -> tuple[Path, str]:
    asset_hash = content_hash(files)
    parent = staging_folder("lambda")
    with tempfile.NamedTemporaryFile(dir=parent, delete=False) as file:  # another synth may write the same zip
        file.write(zip_bytes(files))
    path = Path(file.name).replace(parent / f"{asset_hash}.zip")
    path.chmod(0o644)
    return path, asset_hash
