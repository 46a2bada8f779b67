"""Imports packages that only some commands need."""

import importlib
from typing import Any

from kit_contract.errors import ExternalError


class MissingPackageError(ExternalError):
    """When an optional package is not installed."""

    exit_code = 2


def optional_package(module: str, *, package: str, purpose: str) -> Any:
    """The module. Raises MissingPackageError with the command that installs `package`."""
    try:
        return importlib.import_module(module)
    except ImportError:
        fix = f".venv/bin/uv pip install {package}"
        raise MissingPackageError(f"{package}, which {purpose}, is not installed; {fix}") from None
