"""deployment.toml as frozen, typed sections. A section that is absent is a stack that is not built.

Knows the shape of the file and its bounds; what Bedrock offers is checked in deployment_checks.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

NAME, REGION = r"^[a-z](-?[a-z0-9]){1,30}$", r"^[a-z]{2}(-[a-z]+)+-\d$"
TIME, ADDRESS = r"^([01]\d|2[0-3]):[0-5]\d$", r"^[^@\s]+@[^@\s]+$"
IN_WORDS = {
    NAME: "2 to 31 small letters and digits, a letter first, with single dashes between them",
    REGION: "a region such as us-east-1",
    TIME: "a time such as 08:00",
    ADDRESS: "a mail address",
}
Name = Annotated[str, Field(pattern=NAME)]
Removal = Literal["retain", "destroy"]
Percent = Annotated[float, Field(ge=0.1, le=1_000_000)]
DEPLOYMENT_TAG = "bedrock-kit:deployment"
HARD_STOP_PERCENT = 100.0  # of the budget, spent
Place = Literal["provisioned", "on-demand", "base"]


class ConfigError(Exception):
    """When deployment.toml cannot be used: one fault a line, all faults at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Deployment(Section):
    """`allow_data_deletion` is the second of the two settings that must agree before data is destroyed.

    `allow_unlisted` takes ids, regions and profiles to invoke that the model catalog does not list: newer than it.
    """

    name: Name
    region: Annotated[str, Field(pattern=REGION)]
    allow_data_deletion: bool = False
    allow_unlisted: bool = False


class UseCase(Section):
    """The form that Anthropic asks for once per account (PutUseCaseForModelAccess)."""

    company_name: Annotated[str, Field(min_length=1, max_length=128)]
    company_website: Annotated[str, Field(min_length=1, max_length=128)]
    intended_users: Literal["internal", "external", "both"]
    industry: Annotated[str, Field(min_length=1, max_length=128)]
    other_industry: Annotated[str, Field(max_length=128)] = ""
    use_cases: Annotated[str, Field(min_length=1, max_length=8192)]


class ModelAccess(Section):
    use_case: UseCase | None = None
    revoke_on_delete: bool = False


class Customization(Section):
    """One fine-tuned model: trained anew whenever base model, method, dataset or hyperparameters change."""

    alias: Name
    base_model: str
    method: Literal["FINE_TUNING"] = "FINE_TUNING"
    dataset: Annotated[list[Path], Field(min_length=1)]
    validation_dataset: list[Path] = []
    system: str | None = None
    unlabelled: Literal["refuse", "continuation"] = "refuse"
    serving: Literal["on-demand", "provisioned"] = "on-demand"
    hyperparameters: dict[str, int | float | str] = {}


class Training(Section):
    removal: Removal = "retain"
    kms_key_arn: str | None = None
    customizations: Annotated[dict[Name, Customization], Field(min_length=1)]


class CapacitySchedule(Section):
    """When it is there: on `days` from `from` to `to` of `time_zone`; a `to` at or before `from` is the next day's."""

    days: Annotated[list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(min_length=1)]
    start: Annotated[str, Field(alias="from", pattern=TIME)]
    end: Annotated[str, Field(alias="to", pattern=TIME)]
    time_zone: str


class ProvisionedThroughput(Section):
    """Billed by the hour from creation to deletion.

    `accept_hourly_cost_usd` is the consent to the price of all model units, `accept_unknown_price` the one to a price
    that the price list does not have, `accept_total_cost_usd` the one to the whole term of a commitment.
    `notify`: mail addresses.
    """

    model: str | None = None
    customization: str | None = None
    alias: str | None = None
    model_units: Annotated[int, Field(ge=1, le=100)] = 1
    commitment: Literal["none", "OneMonth", "SixMonths"] = "none"
    accept_hourly_cost_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    accept_unknown_price: bool = False
    accept_total_cost_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    schedule: CapacitySchedule | None = None
    expires: date | None = None
    release_when_idle_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    notify: list[Annotated[str, Field(pattern=ADDRESS)]] = []


class KnowledgeBase(Section):
    name: Name = "documents"
    documents: Path
    embedding_model: str = "amazon.titan-embed-text-v2:0"
    dimensions: Literal[256, 512, 1024] = 1024
    model: str
    chunk_max_tokens: Annotated[int, Field(ge=20, le=8192)] = 300
    chunk_overlap_percentage: Annotated[int, Field(ge=1, le=99)] = 20
    removal: Removal = "retain"


class Alias(Section):
    """What callers name. `model` is its base; `order`: what is asked first, and what next if that cannot answer."""

    model: str
    order: Annotated[list[Place], Field(min_length=1)] = ["provisioned", "on-demand", "base"]

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: list[Place]) -> list[Place]:
        if len(set(order)) < len(order):
            raise ValueError("each place must be named once at most; remove the second one")
        return order


class InferenceApi(Section):
    rate_per_second: Annotated[float, Field(gt=0, le=10_000)] = 10
    burst: Annotated[int, Field(ge=1, le=5_000)] = 20
    requests_per_month: Annotated[int, Field(ge=1)] = 100_000
    aliases: Annotated[dict[Name, Alias], Field(min_length=1)]


class Budget(Section):
    """A monthly budget of AWS Budgets. Without `by_tag` and `services` it counts the whole account.

    `actual_percent` and `forecast_percent` raise alarms; `emails` are told, and an SNS topic where `topic` is true.
    `hard_stop`: at 100 % spent, provisioned throughput without commitment is released until the next month.
    """

    monthly_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    actual_percent: list[Percent] = [50, 80, 100]
    forecast_percent: list[Percent] = [100]
    emails: Annotated[list[Annotated[str, Field(pattern=ADDRESS)]], Field(max_length=10)] = []
    topic: bool = False
    hard_stop: bool = False
    by_tag: bool = False
    services: list[Annotated[str, Field(min_length=1)]] = []


class DeploymentConfig(Section):
    deployment: Deployment
    budget: Budget | None = None
    model_access: ModelAccess | None = None
    training: Training | None = None
    provisioned_throughput: dict[Name, ProvisionedThroughput] = {}
    knowledge_base: KnowledgeBase | None = None
    inference_api: InferenceApi | None = None


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
        return f"{file}: {where}: must be {IN_WORDS[detail['ctx']['pattern']]}, got {detail['input']!r}; change it"
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
