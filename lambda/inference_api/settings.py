"""What one deployment of the API serves, read from the function's environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit_contract.environment import ALIASES, KIT_DEPLOYMENT, KNOWLEDGE_BASE_MODEL, KNOWLEDGE_BASES


@dataclass(frozen=True)
class Model:
    """A base target: `id` is what Converse takes, `arn` what RetrieveAndGenerate takes."""

    id: str
    arn: str

    @property
    def kind(self) -> str:
        return "inference-profile" if ":inference-profile/" in self.arn else "foundation-model"


@dataclass(frozen=True)
class Alias:
    """`order`: the places that are asked, first to last, each of "provisioned", "on-demand" and "base"."""

    base: Model
    order: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """`aliases`: alias -> what may serve it. `knowledge_bases`: name -> knowledge base id."""

    kit_deployment: str
    aliases: Mapping[str, Alias]
    knowledge_bases: Mapping[str, str]
    knowledge_base_model: Model | None


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Raises KeyError for a variable that is missing; only a deployment with knowledge bases has a model for them."""
    aliases = json.loads(environment[ALIASES])
    knowledge_base_model = json.loads(environment.get(KNOWLEDGE_BASE_MODEL, "null"))
    return Settings(
        kit_deployment=environment[KIT_DEPLOYMENT],
        aliases={name: Alias(_model(entry), tuple(entry["order"])) for name, entry in aliases.items()},
        knowledge_bases=json.loads(environment[KNOWLEDGE_BASES]),
        knowledge_base_model=_model(knowledge_base_model) if knowledge_base_model else None,
    )


def _model(entry: Mapping[str, Any]) -> Model:
    return Model(id=entry["model"], arn=entry["arn"])
