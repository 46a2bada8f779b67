"""Resolves an alias to the targets that can serve it now, in the order of its configuration."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inference_api.bedrock import Clients
from inference_api.errors import ApiError
from kit_contract.inference_api import Model, Settings
from kit_contract.model_arns import shown
from kit_contract.parameters import alias_capacity, alias_serving

CACHE_SECONDS = 15.0
_PLACES = {"provisioned-throughput": "provisioned", "custom-model-deployment": "on-demand"}


class Target(NamedTuple):
    """`invoke_id`: modelId of Converse. `arn`: modelArn of RetrieveAndGenerate. `custom`: may be a trained model.

    `version`: tells two models behind one alias apart; it is the run of a trained model.
    """

    invoke_id: str
    arn: str
    kind: str
    custom: bool
    version: str = ""

    @property
    def shown(self) -> str:
        """`invoke_id` for callers: an ARN without its account."""
        return shown(self.invoke_id)


class Aliases:
    """Caches the targets of each alias for CACHE_SECONDS, also when there are none."""

    def __init__(self, settings: Settings, clients: Clients, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clients = clients
        self._clock = clock
        self._cache: dict[str, tuple[float, tuple[Target, ...]]] = {}

    def resolve(self, alias: str, *, embeds: bool | None = False) -> tuple[Target, ...]:
        """At least one target. `embeds`: whether an embedding model is wanted; None takes any model.

        Raises ApiError: 404 if the alias is not configured, 400 if it has the other kind of model, 503 if nothing can
        serve it.
        """
        if alias not in self._settings.aliases:
            raise unknown_alias(self._settings)
        if embeds is not None and embeds != bool(self._settings.aliases[alias].embedding):
            raise _other_kind(alias, self._settings)
        read_at, targets = self._cache.get(alias, (float("-inf"), ()))
        if self._clock() - read_at >= CACHE_SECONDS:
            targets = self._read(alias, targets)
        if not targets:
            order = ", ".join(self._settings.aliases[alias].order)
            message = f"no target serves this alias now; it needs one of: {order}; send the request again later"
            raise _unavailable("alias_not_served", message)
        return targets

    def _read(self, alias: str, known: tuple[Target, ...]) -> tuple[Target, ...]:
        try:
            fresh = self._targets(alias)
        except Exception as error:
            if not known:
                message = "the targets of this alias cannot be read now; send the request again"
                raise _unavailable("alias_unavailable", message) from error
            fresh = known  # the last known targets are better than an error, and cached: no request waits for SSM again
        self._cache[alias] = (self._clock(), fresh)
        return fresh

    def _targets(self, alias: str) -> tuple[Target, ...]:
        order = self._settings.aliases[alias].order
        found = {"base": base_target(self._settings.aliases[alias].base)}
        if any(place in order for place in _PLACES.values()):  # an alias without training and throughput has none
            found |= self._published(alias)
        return tuple(found[place] for place in order if place in found)

    def _published(self, alias: str) -> dict[str, Target]:
        """Place -> target. The capacity parameter wins: it is written after promotion writes the serving parameter."""
        kit_deployment = self._settings.kit_deployment
        names = [alias_serving(kit_deployment, alias), alias_capacity(kit_deployment, alias)]
        values = {name: json.loads(value) for name, value in self._clients.get_parameters(names).items()}
        return {_PLACES[values[name]["kind"]]: _target(values[name]) for name in names if name in values}


def knowledge_base_target(settings: Settings) -> Target:
    """The model that answers from a knowledge base when the request names no alias."""
    if settings.knowledge_base_model is None:
        message = "model is missing and this deployment has no knowledge base model; set model to one of its aliases"
        raise ApiError(400, "missing_field", message, param="model")
    return base_target(settings.knowledge_base_model)


def base_target(model: Model) -> Target:
    return Target(invoke_id=model.id, arn=model.arn, kind=model.kind, custom=model.custom, version=shown(model.id))


def unknown_alias(settings: Settings) -> ApiError:
    known = ", ".join(sorted(settings.aliases)) or "none"
    message = f"model must be one of this deployment's aliases: {known}; GET /v1/models lists them"
    return ApiError(404, "model_not_found", message, param="model")


def _other_kind(alias: str, settings: Settings) -> ApiError:
    """An embedding model gives vectors only, and no other model gives any."""
    embeds = bool(settings.aliases[alias].embedding)
    others = [name for name, other in sorted(settings.aliases.items()) if bool(other.embedding) != embeds]
    named = f"one of the aliases for {'answers' if embeds else 'embeddings'}: {', '.join(others)}"
    add = "an alias with an embedding model to deployment.toml, such as amazon.titan-embed-text-v2:0"
    fix = f"use {named}" if others else f"add {'an alias with a model that answers' if embeds else add}"
    message = (
        f"{alias} is an alias for embeddings, and its model gives no answers; send it to POST /v1/embeddings, or {fix}"
        if embeds
        else f"the model of {alias} gives answers and no embeddings; {fix}"
    )
    return ApiError(400, "unsupported_value", message, param="model")


def _unavailable(code: str, message: str) -> ApiError:
    return ApiError(503, code, message, headers={"Retry-After": "1"})


def _target(published: Mapping[str, Any]) -> Target:
    arn = published["target_arn"]
    version = published.get("run_id") or arn.rpartition("/")[2]
    return Target(invoke_id=arn, arn=arn, kind=published["kind"], custom=True, version=version)
