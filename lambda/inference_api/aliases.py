"""Resolves an alias to the targets that can serve it now, in the order of its configuration."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from inference_api.bedrock import Clients
from inference_api.canary import measured_variant, open_canary, random_share
from inference_api.errors import ApiError
from kit_contract.canaries import CANARY, CANARY_KEY
from kit_contract.inference_api import Model, Settings
from kit_contract.model_arns import is_imported_model, shown
from kit_contract.parameters import alias_capacity, alias_serving

CACHE_SECONDS = 15.0
_PLACES = {
    "provisioned-throughput": "provisioned",
    "custom-model-deployment": "on-demand",
    "imported-model": "on-demand",
}


class Target(NamedTuple):
    """`invoke_id`: modelId of Converse. `arn`: modelArn of RetrieveAndGenerate. `custom`: may be a trained model.

    `version`: tells two models behind one alias apart; it is the run of a trained model.
    `profile_arn`: the application inference profile that stands for it on the bill (cost_profiles.py).
    `variant`: which one of a canary or a watch it is, for its metrics; `trial`: the run that is tried or watched.
    """

    invoke_id: str
    arn: str
    kind: str
    custom: bool
    version: str = ""
    variant: str = ""
    trial: str = ""
    profile_arn: str = ""

    @property
    def shown(self) -> str:
        """`invoke_id` for callers: an ARN without its account."""
        return shown(self.invoke_id)


class Split(NamedTuple):
    """`targets`: what serves an alias; `measured`: the same, as a variant. `canary`: what `percent` of its requests try
    first.
    """

    targets: tuple[Target, ...]
    measured: tuple[Target, ...] = ()
    canary: Target | None = None
    percent: float = 0.0

    def tried(self, share: Callable[[], float]) -> tuple[Target, ...]:
        """The targets of one request that is measured; `share` gives its random number, 0 to 1."""
        if self.canary is None or not self.measured or share() * 100 >= self.percent:
            return self.measured
        return (self.canary, *self.measured)


class Aliases:
    """Caches the targets of each alias for CACHE_SECONDS, also when there are none.

    `now`: seconds since 1970. `share`: the random number of a request, 0 to 1.
    """

    def __init__(
        self,
        settings: Settings,
        clients: Clients,
        clock: Callable[[], float],
        now: Callable[[], float] = time.time,
        share: Callable[[], float] = random_share,
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._clock = clock
        self._now = now
        self._share = share
        self._cache: dict[str, tuple[float, Split]] = {}

    def resolve(self, alias: str, *, embeds: bool | None = False, measured: bool = False) -> tuple[Target, ...]:
        """At least one target. `embeds`: whether an embedding model is wanted; None takes any model.

        `measured`: the request may be a canary's, and its metrics are those of a variant.

        Raises ApiError: 404 if the alias is not configured, 400 if it has the other kind of model, 503 if nothing can
        serve it.
        """
        if alias not in self._settings.aliases:
            raise unknown_alias(self._settings)
        if embeds is not None and embeds != bool(self._settings.aliases[alias].embedding):
            raise _other_kind(alias, self._settings)
        read_at, split = self._cache.get(alias, (float("-inf"), Split(())))
        if self._clock() - read_at >= CACHE_SECONDS:
            split = self._read(alias, split)
        targets = split.tried(self._share) if measured else split.targets
        if not targets:
            order = ", ".join(self._settings.aliases[alias].order)
            message = f"no target serves this alias now; it needs one of: {order}; send the request again later"
            raise _unavailable("alias_not_served", message)
        return targets

    def _read(self, alias: str, known: Split) -> Split:
        try:
            fresh = self._split(alias)
        except Exception as error:
            if not known.targets:
                message = "the targets of this alias cannot be read now; send the request again"
                raise _unavailable("alias_unavailable", message) from error
            fresh = known  # the last known targets are better than an error, and cached: no request waits for SSM again
        self._cache[alias] = (self._clock(), fresh)
        return fresh

    def _split(self, alias: str) -> Split:
        order = self._settings.aliases[alias].order
        # An alias without training and throughput has no parameters.
        has_parameters = any(place in order for place in _PLACES.values())
        serving, capacity = self._parameters(alias) if has_parameters else (None, None)
        now = self._now()
        variant, trial = measured_variant(serving or {}, now)
        settings = self._settings.aliases[alias]
        found = {"base": base_target(settings.base, settings.profile_arn or "")} | _places((serving, capacity))
        targets = tuple(found[place] for place in order if place in found)
        measured = tuple(target._replace(variant=variant, trial=trial) for target in targets)
        canary = open_canary(serving or {}, now)
        if canary is None:
            return Split(targets, measured)
        imported = is_imported_model(canary["target_arn"])
        tried = {**canary, "kind": "imported-model" if imported else "custom-model-deployment"}
        return Split(targets, measured, _target(tried)._replace(variant=CANARY, trial=trial), canary["weight"])

    def _parameters(self, alias: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        """Serving and capacity."""
        kit_deployment = self._settings.kit_deployment
        names = [alias_serving(kit_deployment, alias), alias_capacity(kit_deployment, alias)]
        values = {name: json.loads(value) for name, value in self._clients.get_parameters(names).items()}
        return values.get(names[0]), values.get(names[1])


def _places(published: Iterable[Mapping[str, Any] | None]) -> dict[str, Target]:
    """Place -> target. The capacity parameter wins: it is written after promotion writes the serving parameter.

    A canary over the base model is in a serving parameter without a target.
    """
    found = [value for value in published if value is not None and value.keys() != {CANARY_KEY}]
    return {_PLACES[value["kind"]]: _target(value) for value in found}


def base_target(model: Model, profile_arn: str = "") -> Target:
    return Target(
        invoke_id=model.id,
        arn=model.arn,
        kind=model.kind,
        custom=model.custom,
        version=shown(model.id),
        profile_arn=profile_arn,
    )


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
