"""What serves an alias now: the parameter that promotion writes, else the base target of the configuration."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inference_api.clients import Clients
from inference_api.errors import ApiError
from inference_api.settings import Settings

CACHE_SECONDS = 15.0


@dataclass(frozen=True)
class Target:
    """`invoke_id`: modelId of Converse; `arn`: modelArn of RetrieveAndGenerate; `custom`: a fine-tuned model."""

    invoke_id: str
    arn: str
    kind: str
    custom: bool

    @property
    def served_by(self) -> dict[str, str]:
        return {"target": self.invoke_id, "kind": self.kind}


class Aliases:
    """Resolves aliases; "nothing published" is remembered as long as a target is: CACHE_SECONDS."""

    def __init__(self, settings: Settings, clients: Clients, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clients = clients
        self._clock = clock
        self._cache: dict[str, tuple[float, Target]] = {}

    def resolve(self, alias: str) -> Target:
        """Raises ApiError: 404 for an alias that is not configured, 503 if its target cannot be read."""
        if alias not in self._settings.aliases:
            raise unknown_alias(self._settings)
        read_at, target = self._cache.get(alias, (float("-inf"), None))
        if target is not None and self._clock() - read_at < CACHE_SECONDS:
            return target
        try:
            fresh = self._published(alias) or self._base(alias)
        except Exception as error:
            if target is not None:  # what served it a moment ago is better than no answer
                return target
            raise ApiError(
                503,
                "alias_unavailable",
                "what serves this alias cannot be read just now; send the request again",
                kind="server_error",
                headers={"Retry-After": "1"},
            ) from error
        self._cache[alias] = (self._clock(), fresh)
        return fresh

    def _published(self, alias: str) -> Target | None:
        name = f"/bedrock-kit/{self._settings.deployment_name}/aliases/{alias}/serving"
        parameters = self._clients.ssm.get_parameters(Names=[name])["Parameters"]
        return _target(json.loads(parameters[0]["Value"])) if parameters else None

    def _base(self, alias: str) -> Target:
        model = self._settings.aliases[alias]
        return Target(invoke_id=model.id, arn=model.arn, kind=model.kind, custom=False)


def knowledge_base_target(settings: Settings) -> Target:
    """The model that answers from a knowledge base if the caller names no alias."""
    model = settings.knowledge_base_model
    if model is None:
        message = "model is missing and this deployment has no model for its knowledge base; name one of its aliases"
        raise ApiError(400, "missing_field", message, param="model")
    return Target(invoke_id=model.id, arn=model.arn, kind=model.kind, custom=False)


def unknown_alias(settings: Settings) -> ApiError:
    known = ", ".join(sorted(settings.aliases)) or "none"
    message = f"model must be one of this deployment's aliases: {known}; GET /v1/models lists them"
    return ApiError(404, "model_not_found", message, param="model")


def _target(published: Mapping[str, Any]) -> Target:
    arn = published["target_arn"]
    return Target(invoke_id=arn, arn=arn, kind=published["kind"], custom=True)
