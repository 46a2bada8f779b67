"""When a stack that a command needs is not there: the file lacks its section, or nobody has deployed it."""

from pathlib import Path

from kit_contract.errors import ExternalError


class NotDeployedError(ExternalError):
    """`section`: whose stack it is, such as "[training]". `more`: a sentence for a deployment without it."""

    def __init__(self, stack: str, section: str, more: str = "") -> None:
        self._stack, self._section = stack, section
        none = f"this deployment has no {section}; add it to deployment.toml, and run kit deploy"
        super().__init__(f"stack {stack} does not exist: {none}{more}")

    def told(self, config: Path, environment: str | None) -> str:
        """The message for whoever named this file."""
        from deployment.config import ConfigError, load_deployment_config

        try:
            is_in_file = self._stack in load_deployment_config(config, environment).stacks
        except ConfigError:  # with --local, a command need not read the file
            is_in_file = False
        if not is_in_file:
            return str(self).replace("deployment.toml", config.name)
        return f"stack {self._stack} does not exist: {self._section} of {config.name} is not deployed; run kit deploy"
