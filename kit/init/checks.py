"""Checks the files of a new project before they are written: a Region may lack what the example uses."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, load_deployment_config
from kit.init.folder import write_files
from kit.init.settings import Settings
from kit_contract.errors import InputError

ENVIRONMENTS = ("dev", "prod")


def check_made(files: Mapping[str, bytes], settings: Settings) -> None:
    """Raises InputError with everything that keeps the example from being deployed in this Region."""
    with tempfile.TemporaryDirectory(prefix="kit-init-") as made:
        folder = Path(made)
        write_files(folder, files)
        faults: list[str] = []
        for environment in ENVIRONMENTS:
            try:
                config = load_deployment_config(folder / "deployment.toml", environment)
                check_deployment(config)
            except ConfigError as error:
                said = [fault.removesuffix(f" (environment {environment})") for fault in error.faults]
                faults += [fault for fault in said if fault not in faults]
    if faults:
        lines = "\n".join(faults)
        raise InputError(
            f"the example cannot be deployed in {settings.region}, and nothing was written; choose another --region:\n"
            f"{lines}"
        )
