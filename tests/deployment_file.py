"""deployment.toml as tests need it: as shipped, with changes, or one written into a test's own folder.

The file of the project is yours to edit: only the tests of test_shipped_file.py read it.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, DeploymentConfig, load_deployment_config

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED = (PROJECT / "tests" / "shipped.toml").read_text(encoding="utf-8")
HEAD = '[deployment]\nname = "sup"\nregion = "us-east-1"\n'


def deployment_file(folder: Path, text: str = SHIPPED) -> Path:
    """Write `text` to a deployment.toml in `folder`, from which the paths of the shipped examples work."""
    with suppress(FileExistsError):
        (folder / "examples").symlink_to(PROJECT / "examples")
    file = folder / "deployment.toml"
    file.write_text(text, encoding="utf-8")
    return file


def shipped_file() -> Path:
    """In a folder from which its paths work; its name is deployment.toml."""
    folder = PROJECT / ".local" / "shipped"
    file = folder / "deployment.toml"
    if not file.is_file() or file.read_text(encoding="utf-8") != SHIPPED:
        folder.mkdir(parents=True, exist_ok=True)
        deployment_file(folder)
    return file


def shipped_config(**provisioned_throughput: Any) -> DeploymentConfig:
    """The shipped deployment; with arguments, it has provisioned throughput "support" with these settings."""
    config = load_deployment_config(shipped_file())
    if not provisioned_throughput:
        return config
    section = {"customization": "support", "alias": "support-bot"} | provisioned_throughput
    return DeploymentConfig.model_validate(config.model_dump() | {"provisioned_throughput": {"support": section}})


def file_faults(folder: Path, text: str, **settings: Any) -> list[str]:
    """All faults of the deployment.toml `text`. `settings` are those of check_deployment."""
    try:
        config = load_deployment_config(deployment_file(folder, text))
    except ConfigError as error:
        return error.faults
    return config_faults(config, **settings)


def config_faults(config: DeploymentConfig, **settings: Any) -> list[str]:
    try:
        check_deployment(config, **settings)
    except ConfigError as error:
        return error.faults
    return []
