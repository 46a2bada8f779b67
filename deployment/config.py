"""Loads deployment.toml: reads the file, resolves its paths, and reports all its faults at once.

This package knows the shape of the file and its bounds; `deployment.checks` holds it against what Bedrock offers.
"""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ValidationError

from deployment.sections.budget import Budget
from deployment.sections.deployment import Deployment
from deployment.sections.inference_api import InferenceApi
from deployment.sections.knowledge_base import KnowledgeBase
from deployment.sections.model_access import ModelAccess
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from deployment.sections.section import PATTERN_IN_WORDS, Name, Section
from deployment.sections.training import Training
from kit_contract.errors import InputError

DEPLOYMENT_TAG = "bedrock-kit:deployment"


class ConfigError(InputError):
    """When deployment.toml cannot be used: one fault a line, all faults at once."""

    exit_code = 1

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class DeploymentConfig(Section):
    """The whole file. A section that is absent is a stack that is not built."""

    deployment: Deployment
    budget: Budget | None = None
    model_access: ModelAccess | None = None
    training: Training | None = None
    provisioned_throughput: dict[Name, ProvisionedThroughput] = {}
    knowledge_base: KnowledgeBase | None = None
    inference_api: InferenceApi | None = None

    def provisioned_model_name(self, section: str) -> str:
        """The name in Bedrock of the provisioned throughput `section`."""
        return f"{self.deployment.name}-{self.provisioned_throughput[section].customization or section}"


def load_deployment_config(path: Path) -> DeploymentConfig:
    """Read and check `path`; relative paths in it are relative to its folder. Raises ConfigError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            [f"{path} does not exist; name another one (kit: --config FILE, cdk: -c config=FILE)"]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from None
    try:
        config = DeploymentConfig.model_validate(raw)
    except ValidationError as error:
        raise ConfigError([_fault(path.name, detail) for detail in error.errors()]) from None
    return _resolve_paths(config, path.resolve().parent)


def _fault(file: str, detail: object) -> str:
    assert isinstance(detail, dict)
    where = ".".join(str(part) for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        return f"{file}: {where} is not a setting, got {detail['input']!r}; allowed names: {_allowed(detail['loc'])}"
    if detail["type"] == "missing":
        return f"{file}: {where} is missing; add it"
    if detail["type"] == "string_pattern_mismatch":
        return (
            f"{file}: {where}: must be {PATTERN_IN_WORDS[detail['ctx']['pattern']]}, got {detail['input']!r}; change it"
        )
    return f"{file}: {where}: {detail['msg'][0].lower()}{detail['msg'][1:]}, got {detail['input']!r}"


def _allowed(location: tuple[str | int, ...]) -> str:
    model: type[BaseModel] = DeploymentConfig
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is None:  # a name that the user chose, between a table and its section
            continue
        model = next((m for m in _sections(field.annotation)), model)
    return ", ".join(sorted(field.alias or name for name, field in model.model_fields.items()))


def _sections(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    arguments = getattr(annotation, "__args__", ())
    return [section for argument in arguments for section in _sections(argument)]


def _resolve_paths(config: DeploymentConfig, folder: Path) -> DeploymentConfig:
    changes: dict[str, object] = {}
    if config.training:
        customizations = {
            name: item.model_copy(
                update={
                    "dataset": [folder / file for file in item.dataset],
                    "validation_dataset": [folder / file for file in item.validation_dataset],
                }
            )
            for name, item in config.training.customizations.items()
        }
        changes["training"] = config.training.model_copy(update={"customizations": customizations})
    if config.knowledge_base:
        documents = folder / config.knowledge_base.documents
        changes["knowledge_base"] = config.knowledge_base.model_copy(update={"documents": documents})
    return config.model_copy(update=changes)
