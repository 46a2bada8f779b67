"""Faults of [prompts.*] and of what names them: texts, variables, Bedrock's limits.

https://docs.aws.amazon.com/general/latest/gr/bedrock.html has the quotas; 50 prompts and 10 versions of each are what
users report of a new account (2026-11-27).
"""

import datetime
from collections.abc import Iterator

from deployment.alias_models import embedding_model
from deployment.checks.models import model_faults, require_answers
from deployment.checks.reading import RESOLVED
from deployment.config import DeploymentConfig
from deployment.sections.prompts import Prompt
from kit_contract.prompts import VARIABLE, variables_in
from model_catalog import catalog

MAX_PROMPTS, QUOTA = 50, "L-B783C50B"  # of an account in a Region; those of others are not seen here
MAX_TEXT, MAX_VARIABLES = 200_000, 20  # of AWS::Bedrock::Prompt


def prompt_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    if len(config.prompts) > MAX_PROMPTS and not config.deployment.allow_unlisted:
        yield (
            f"prompts: an account has at most {MAX_PROMPTS} in a Region, got {len(config.prompts)}; remove some, or if "
            f"its quota {QUOTA} is higher: allow_unlisted = true in [deployment]"
        )
    readable = {}
    for name, item in config.prompts.items():
        where = f"prompts.{name}"
        try:
            readable[name] = item.content
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            yield f"{where}.file: {item.file} cannot be read as UTF-8: {reason}; name a text file"
            continue
        yield from _text_faults(where, item, readable[name])
        if item.model:
            yield from model_faults(f"{where}.model", item.model, config, today, require_answers)
    yield from _alias_faults(config)
    yield from _agent_faults(config, readable)


def _text_faults(where: str, item: Prompt, text: str) -> Iterator[str]:
    place = f"{where}.file: {item.file.name}" if item.file else f"{where}.text"
    if not 1 <= len(text) <= MAX_TEXT:
        yield f"{place} must have 1 to {MAX_TEXT:,} characters, got {len(text):,}; change it"
    if RESOLVED in text:
        yield f"{place}: CloudFormation would replace {RESOLVED}...}}}}; write it otherwise"
    elif "{{" in VARIABLE.sub("", text):
        yield (
            f"{place}: what follows {{{{ is no variable; write it as {{{{name}}}}, of letters, digits and single - or "
            "_ between them"
        )
    names = variables_in(text)
    if len(names) > MAX_VARIABLES:
        yield f"{place} has {len(names)} variables, allowed are {MAX_VARIABLES}; write some of them out"
    for name in item.variables:
        if name not in names:
            yield f"{where}.variables.{name}: is not in the text, which has {', '.join(names) or 'none'}; remove it"


def _unknown(where: str, name: str, config: DeploymentConfig) -> str:
    return f"{where}: is no prompt, got {name!r}; allowed: {', '.join(config.prompts) or 'none'}"


def _alias_faults(config: DeploymentConfig) -> Iterator[str]:
    for name, alias in config.aliases.items():
        where = f"inference_api.aliases.{name}.prompt"
        if alias.prompt is None:
            continue
        if alias.prompt not in config.prompts:
            yield _unknown(where, alias.prompt, config)
        if reason := _takes_none(config, alias.model):
            yield f"{where}: {alias.model} {reason}; remove it, or take another model"


def _takes_none(config: DeploymentConfig, model: str) -> str:
    if embedding_model(config, model):
        return "embeds texts, and takes no prompt"
    identifier = config.model_id(model)
    try:
        known = catalog.invocable(identifier, config.deployment.region) if identifier else None
    except catalog.CatalogError:
        return ""  # the checks of the model say so
    return "takes no system prompt" if known and known.system_prompts is False else ""


def _agent_faults(config: DeploymentConfig, readable: dict[str, str]) -> Iterator[str]:
    for name, agent in config.agents.items():
        where, prompt = f"agents.{name}.instructions_prompt", agent.instructions_prompt
        if prompt is None:
            continue
        if prompt not in config.prompts:
            yield _unknown(where, prompt, config)
            continue
        given = config.prompts[prompt].variables
        if missing := [one for one in variables_in(readable.get(prompt, "")) if one not in given]:
            yield (
                f"{where}: an agent's instructions are fixed at the deploy, and {', '.join(missing)} of {prompt} has "
                f"no value; set it in [prompts.{prompt}.variables]"
            )
