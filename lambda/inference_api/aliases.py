"""What may serve an alias now, in its order: what the capacity and serving parameters say, and its base model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inference_api.clients import Clients
from inference_api.errors import ApiError
from inference_api.settings import Model, Settings

CACHE_SECONDS = 15.0
_PLACES = {"provisioned-throughput": "provisioned", "custom-model-deployment": "on-demand"}


@dataclass(frozen=True)
class Target:
    """`invoke_id`: modelId of Converse; `arn`: modelArn of RetrieveAndGenerate; `custom`: made by this deployment."""

    invoke_id: str
    arn: str
    kind: str
    custom: bool


class Aliases:
    """Resolves aliases; "nothing published" is remembered as long as a target is: CACHE_SECONDS."""

    def __init__(self, settings: Settings, clients: Clients, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clients = clients
        self._clock = clock
        self._cache: dict[str, tuple[float, tuple[Target, ...]]] = {}

    def resolve(self, alias: str) -> tuple[Target, ...]:
        """At least one. Raises ApiError: 404 for an alias that is not configured, 503 if nothing can serve it."""
        if alias not in self._settings.aliases:
            raise unknown_alias(self._settings)
        read_at, targets = self._cache.get(alias, (float("-inf"), ()))
        if self._clock() - read_at >= CACHE_SECONDS:
            targets = self._read(alias, targets)
        if not targets:
            order = ", ".join(self._settings.aliases[alias].order)
            message = f"nothing serves this alias now; it waits for one of: {order}; send the request again later"
            raise _unavailable("alias_not_served", message)
        return targets

    def _read(self, alias: str, known: tuple[Target, ...]) -> tuple[Target, ...]:
        try:
            fresh = self._targets(alias)
        except Exception as error:
            if not known:
                message = "what serves this alias cannot be read just now; send the request again"
                raise _unavailable("alias_unavailable", message) from error
            fresh = known  # what served it a moment ago is better than no answer, and than a wait in each request
        self._cache[alias] = (self._clock(), fresh)
        return fresh

    def _targets(self, alias: str) -> tuple[Target, ...]:
        found = {"base": base_target(self._settings.aliases[alias].base)} | self._published(alias)
        return tuple(found[place] for place in self._settings.aliases[alias].order if place in found)

    def _published(self, alias: str) -> dict[str, Target]:
        """Place -> target. Capacity comes and goes on its schedule: what its parameter says wins over promotion's."""
        path = f"/bedrock-kit/{self._settings.kit_deployment}/aliases/{alias}"
        names = [f"{path}/serving", f"{path}/capacity"]
        parameters = self._clients.ssm.get_parameters(Names=names)["Parameters"]
        values = {parameter["Name"]: json.loads(parameter["Value"]) for parameter in parameters}
        return {_PLACES[values[name]["kind"]]: _target(values[name]) for name in names if name in values}


def knowledge_base_target(settings: Settings) -> Target:
    """The model that answers from a knowledge base if the caller names no alias."""
    if settings.knowledge_base_model is None:
        message = "model is missing and this deployment has no model for its knowledge base; name one of its aliases"
        raise ApiError(400, "missing_field", message, param="model")
    return base_target(settings.knowledge_base_model)


def base_target(model: Model) -> Target:
    return Target(invoke_id=model.id, arn=model.arn, kind=model.kind, custom=False)


def unknown_alias(settings: Settings) -> ApiError:
    known = ", ".join(sorted(settings.aliases)) or "none"
    message = f"model must be one of this deployment's aliases: {known}; GET /v1/models lists them"
    return ApiError(404, "model_not_found", message, param="model")


def _unavailable(code: str, message: str) -> ApiError:
    return ApiError(503, code, message, kind="server_error", headers={"Retry-After": "1"})


def _target(published: Mapping[str, Any]) -> Target:
    arn = published["target_arn"]
    return Target(invoke_id=arn, arn=arn, kind=published["kind"], custom=True)
