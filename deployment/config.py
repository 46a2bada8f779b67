"""Loads deployment.toml and reports every setting that is unknown, missing or out of bounds at once.

`deployment.checks` compares what is loaded here with what Bedrock offers.
"""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, PrivateAttr, ValidationError

from deployment.environments import ENVIRONMENTS, Environment, EnvironmentsError, choose, names_of
from deployment.fault_words import KIND, TAG_MISSING, given, in_words, setting_of
from deployment.sections.agents import Agent
from deployment.sections.budget import Budget
from deployment.sections.deployment import Deployment
from deployment.sections.guardrails import Guardrail
from deployment.sections.imported_model import ImportedModel
from deployment.sections.inference_api import Alias, InferenceApi
from deployment.sections.invocation_logging import InvocationLogging
from deployment.sections.knowledge_base import KnowledgeBase, SingleKnowledgeBase
from deployment.sections.model_access import ModelAccess
from deployment.sections.operations import Operations
from deployment.sections.pipeline import Pipeline
from deployment.sections.prompts import Prompt
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from deployment.sections.section import ACCOUNT, PATTERN_IN_WORDS, Name, Section
from deployment.sections.training import Customization, CustomModel, External, Training
from kit_contract.errors import InputError
from kit_contract.model_arns import plain_id
from kit_contract.prompts import filled
from kit_contract.run_names import bedrock_name
from kit_contract.stacks import STACK_SUFFIXES, pascal


class ConfigError(InputError):
    """When deployment.toml cannot be used: all faults, one a line."""

    exit_code = 1

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class DeploymentConfig(Section):
    """The whole file. Each section is a stack, but for guardrails; an absent section is not deployed."""

    deployment: Deployment
    budget: Budget | None = None
    model_access: ModelAccess | None = None
    invocation_logging: InvocationLogging | None = None
    training: Training | None = None
    provisioned_throughput: dict[Name, ProvisionedThroughput] = {}
    guardrails: dict[Name, Guardrail] = {}
    knowledge_base: SingleKnowledgeBase | None = None
    knowledge_bases: dict[Name, KnowledgeBase] = {}
    prompts: dict[Name, Prompt] = {}
    agents: dict[Name, Agent] = {}
    inference_api: InferenceApi | None = None
    operations: Operations | None = None
    pipeline: Pipeline | None = None
    _environment: Environment | None = PrivateAttr(default=None)

    @property
    def environment(self) -> str | None:
        """The name of the chosen one of [environments.*]."""
        return self._environment.name if self._environment else None

    def placed(self, fault: str) -> str:
        """`fault`, which begins with a setting, names the environment that says it."""
        return self._environment.placed(fault) if self._environment else fault

    @property
    def customizations(self) -> dict[str, Customization]:
        return self.training.customizations if self.training else {}

    @property
    def external_models(self) -> dict[str, External]:
        """Those that come into Bedrock without a customization job."""
        return self.training.external_models if self.training else {}

    @property
    def imported_models(self) -> dict[str, ImportedModel]:
        return self.training.imported_models if self.training else {}

    @property
    def custom_models(self) -> dict[str, CustomModel]:
        """The customizations and the external models: each can be promoted to its alias."""
        return self.training.custom_models if self.training else {}

    def section_of(self, custom_model: str) -> str:
        """Where deployment.toml has it, such as training.customizations.support."""
        external = self.external_models.get(custom_model)
        return f"training.{external.kind if external else 'customizations'}.{custom_model}"

    @property
    def aliases(self) -> dict[str, Alias]:
        return self.inference_api.aliases if self.inference_api else {}

    def agent_model(self, agent: str) -> str:
        """The id or ARN of the agent's model; an alias stands for its foundation model."""
        model = self.agents[agent].model
        return self.aliases[model].model if model in self.aliases else model

    def agent_instructions(self, agent: str) -> str:
        """The system prompt of the agent. The checks have looked at files and variables."""
        section = self.agents[agent]
        if section.instructions_prompt is None:
            return section.system_prompt
        prompt = self.prompts[section.instructions_prompt]
        return filled(prompt.content, prompt.variables)

    @property
    def knowledge_base_sections(self) -> dict[str, KnowledgeBase]:
        """Where each knowledge base stands in the file -> its section: [knowledge_base] first."""
        named = {f"knowledge_bases.{name}": item for name, item in self.knowledge_bases.items()}
        return ({"knowledge_base": self.knowledge_base} if self.knowledge_base else {}) | named

    @property
    def all_knowledge_bases(self) -> dict[str, KnowledgeBase]:
        """Name -> section, of both kinds."""
        return ({self.knowledge_base.name: self.knowledge_base} if self.knowledge_base else {}) | self.knowledge_bases

    @property
    def built_knowledge_bases(self) -> dict[str, KnowledgeBase]:
        """Those of all that this deployment makes: the others exist."""
        return {name: item for name, item in self.all_knowledge_bases.items() if not item.existing}

    def knowledge_base_key(self, name: str) -> str:
        """What tells the resources and outputs of this knowledge base from others: nothing for [knowledge_base]."""
        return "" if self.knowledge_base and name == self.knowledge_base.name else pascal(name)

    @property
    def applied_guardrails(self) -> dict[str, str]:
        """The setting that names a guardrail -> its name."""
        named = {f"inference_api.aliases.{alias}": item.guardrail for alias, item in self.aliases.items()}
        named |= {where: item.guardrail for where, item in self.knowledge_base_sections.items()}
        named |= {f"agents.{name}": item.guardrail for name, item in self.agents.items()}
        return {where: name for where, name in named.items() if name}

    @property
    def kms_keys(self) -> dict[str, str]:
        """The setting that names a KMS key -> its ARN."""
        named = {f"guardrails.{name}.kms_key_arn": item.kms_key_arn for name, item in self.guardrails.items()}
        if self.invocation_logging:
            named["invocation_logging.kms_key_arn"] = self.invocation_logging.kms_key_arn
        if self.training:
            named["training.kms_key_arn"] = self.training.kms_key_arn
            named["training.model_kms_key_arn"] = self.training.model_kms_key_arn
        for name, item in self.custom_models.items():
            named[f"{self.section_of(name)}.model_kms_key_arn"] = item.model_kms_key_arn
        return {where: arn for where, arn in named.items() if arn}

    @property
    def stacks(self) -> list[str]:
        """Names of the stacks, in the order of their deployment. Your own, in app.py, are not among them."""
        sections = {"knowledge-base": self.built_knowledge_bases}
        present = [one for one in STACK_SUFFIXES if sections.get(one, getattr(self, one.replace("-", "_")))]
        return [f"{self.deployment.name}-{suffix}" for suffix in present]

    def model_id(self, model: str) -> str | None:
        """The id of the foundation model or inference profile that answers for this id or ARN, or None if unknown."""
        return self.deployment.inference_profiles.get(model) or plain_id(model)

    def priced_model(self, model: str) -> str:
        """The id that has a price, or the ARN itself, which has none: what it costs is billed elsewhere."""
        return self.model_id(model) or model

    def provisioned_model_name(self, section: str) -> str:
        """The name that the provisioned throughput of this section has in Bedrock."""
        return bedrock_name(self.deployment.name, self.provisioned_throughput[section].customization or section)


def load_deployment_config(path: Path, environment: str | None = None) -> DeploymentConfig:
    """Load `path` as `environment` has it; relative paths in it are relative to its folder. Raises ConfigError."""
    try:
        raw, chosen = choose(_read(path), environment)
    except EnvironmentsError as error:
        raise ConfigError([f"{path.name}: {fault}" for fault in error.faults]) from None
    try:
        config = DeploymentConfig.model_validate(raw, context={"folder": path.resolve().parent})
    except ValidationError as error:
        faults = [_fault(detail, chosen, raw) for detail in error.errors()]
        raise ConfigError([f"{path.name}: {fault}" for fault in faults]) from None
    config._environment = chosen
    return config


def environments_in(path: Path) -> list[str]:
    """Names of [environments.*], in the order of the file. Raises ConfigError if the file cannot be read."""
    return names_of(_read(path))


def base_name(path: Path) -> str:
    """[deployment] name of the file, which an environment extends. Raises ConfigError if the file cannot be read."""
    return str(_read(path)["deployment"]["name"])


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        fix = "name another file (kit: --config FILE, cdk: -c config=FILE)"
        raise ConfigError([f"{path} cannot be read: {error.strerror}; {fix}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from None


def _fault(detail: object, environment: Environment | None, raw: object) -> str:
    assert isinstance(detail, dict)
    setting = ".".join(str(part) for part in setting_of(detail, raw) if part != "[key]")
    is_missing = detail["type"] in ("missing", TAG_MISSING)
    fault = f"{setting} is missing; add it" if is_missing else setting + _wrong(detail, setting)
    return environment.placed(fault, missing=is_missing) if environment else fault


def _wrong(detail: dict[str, Any], setting: str) -> str:
    if detail["type"] == "extra_forbidden":
        return f" is not a setting, got {detail['input']!r}; allowed names: {_allowed(detail['loc'])}"
    if detail["type"] == "string_pattern_mismatch":
        return f": must be {PATTERN_IN_WORDS[detail['ctx']['pattern']]}, got {detail['input']!r}; change it"
    if setting == "deployment.account":  # digits without quotes
        return f": must be {PATTERN_IN_WORDS[ACCOUNT]}, got {detail['input']!r}; change it"
    return f": {in_words(detail)}, got {given(detail)!r}"


def _allowed(location: tuple[str | int, ...]) -> str:
    model: type[BaseModel] = DeploymentConfig
    found: list[type[BaseModel]] = []
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is None:  # a name that the user chose, between a table and its section, or a kind of section
            model = next((one for one in found if part in _kinds(one)), model)
            continue
        found = _sections(field.annotation)
        model = found[0] if found else model
    names = [field.alias or name for name, field in model.model_fields.items()]
    return ", ".join(sorted([*names, ENVIRONMENTS] if model is DeploymentConfig else names))


def _kinds(model: type[BaseModel]) -> tuple[object, ...]:
    return getattr(model.model_fields[KIND].annotation, "__args__", ()) if KIND in model.model_fields else ()


def _sections(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    arguments = getattr(annotation, "__args__", ())
    return [section for argument in arguments for section in _sections(argument)]
