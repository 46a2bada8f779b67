"""Faults of [agents.*]: names, Region, model, instructions, and what they refer to."""

import datetime
from collections.abc import Iterator

from deployment.checks.agent_tools import tool_faults
from deployment.checks.models import model_faults, require_answers
from deployment.checks.reading import RESOLVED
from deployment.config import DeploymentConfig
from deployment.sections.agents import Agent
from kit_contract.agents import MAX_HARNESS_NAME, guardrail_name, harness_name
from model_catalog import catalog
from model_catalog.agentcore_regions import HARNESS_REGIONS

MAX_GUARDRAIL_NAME = 50
MAX_INSTRUCTIONS = 20_000


def agent_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    region = config.deployment.region
    if config.agents and region not in HARNESS_REGIONS and not config.deployment.allow_unlisted:
        yield (
            f"agents: AgentCore's harness is offered in {', '.join(HARNESS_REGIONS)}, got region {region}; deploy to "
            "one of these, or if it is offered there by now: allow_unlisted = true in [deployment]"
        )
    for name, item in config.agents.items():
        where = f"agents.{name}"
        yield from _name_faults(where, name, item, config)
        yield from _model_faults(where, name, config, today)
        yield from _instructions_faults(where, name, config)
        for tool, section in item.tools.items():
            yield from tool_faults(f"{where}.tools.{tool}", tool, section, config)


def _name_faults(where: str, name: str, item: Agent, config: DeploymentConfig) -> Iterator[str]:
    own = harness_name(config.deployment.name, name)
    if len(own) > MAX_HARNESS_NAME:
        yield (
            f"{where}: its name in AgentCore, {own}, must have at most {MAX_HARNESS_NAME} characters, got {len(own)}; "
            "shorten the name of the section or of the deployment"
        )
    if item.guardrail and len(guarded := guardrail_name(config.deployment.name, item.guardrail)) > MAX_GUARDRAIL_NAME:
        yield (
            f"{where}.guardrail: the name of the agents' guardrail in Bedrock, {guarded}, must have at most "
            f"{MAX_GUARDRAIL_NAME} characters, got {len(guarded)}; shorten the name of its section or of the deployment"
        )


def _model_faults(where: str, name: str, config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    given = config.agents[name].model
    model = config.agent_model(name)
    if not {".", ":"} & set(model):  # neither an id nor an ARN: the name of an alias that is not there
        aliases = ", ".join(config.aliases) or "none"
        yield f"{where}.model: is no model id, and no alias is called {given!r}; allowed aliases: {aliases}"
        return
    if config.model_id(model) is None:
        yield (
            f"{where}.model: an agent's model is a foundation model or an inference profile, got {model}; what tools a "
            "custom, imported or provisioned model can call is unknown"
        )
    yield from model_faults(f"{where}.model", model, config, today, _require_tools)


def _require_tools(identifier: str, region: str) -> None:
    """The harness streams from Converse, with tools."""
    require_answers(identifier, region)
    model = catalog.invocable(identifier, region)
    if model.tools is False or model.streaming is False:
        lacks = "call tools" if model.tools is False else "stream"
        raise catalog.CatalogError(f"{identifier} cannot {lacks}, and an agent needs both; kit models --output text")


def _instructions_faults(where: str, name: str, config: DeploymentConfig) -> Iterator[str]:
    item = config.agents[name]
    file = item.instructions_file
    where = f"{where}.instructions_file: {file.name}" if file else f"{where}.instructions"
    if item.instructions_prompt:
        where += "_prompt"
        if item.instructions_prompt not in config.prompts:
            return  # the checks of prompts say so, and of a variable without a value
    try:
        text = config.agent_instructions(name)
    except KeyError:
        return
    except (OSError, UnicodeDecodeError) as error:
        if item.instructions_prompt:
            return
        yield f"{where} cannot be read as UTF-8: {getattr(error, 'strerror', None) or error}; name a text file"
        return
    if not 1 <= len(text) <= MAX_INSTRUCTIONS:
        yield f"{where} must have 1 to {MAX_INSTRUCTIONS:,} characters, got {len(text):,}; change it"
    if RESOLVED in text:
        yield f"{where}: CloudFormation would replace {RESOLVED}...}}}}; write it otherwise"
