"""Who served an alias when: the versions of the parameter that a promotion writes, and the runs that are held back.

Parameter Store keeps the last 100 versions of a parameter, and none of one that was deleted.
https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.lookup import customizations, read_parameters
from kit_contract import parameters
from kit_contract.aws_errors import code_of
from kit_contract.canaries import CANARY_KEY
from kit_contract.errors import InputError
from kit_contract.run_events import BASE_MODEL
from kit_contract.run_names import run_of
from kit_contract.stacks import run_execution_output


@dataclass(frozen=True)
class Served:
    """One promotion. `run_id` is empty where the base model served again; `until` of what serves now."""

    run_id: str
    since: str
    model_arn: str
    until: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        return self.run_id or BASE_MODEL


@dataclass(frozen=True)
class AliasHistory:
    """Of one customization, the latest first. `canary` is the run that is being tried, or empty.

    `of_settings`: the run that the last deploy asked for, or empty if it is unknown. `held_back`: run -> why.
    """

    alias: str
    customization: str
    served: tuple[Served, ...]
    canary: str
    of_settings: str
    held_back: Mapping[str, str]

    @property
    def current(self) -> Served | None:
        return self.served[0] if self.served else None

    def instead_of(self, chosen: str) -> list[str]:
        """What a choice of the run `chosen` holds back: what serves, what is tried, what the settings ask for."""
        others = [self.current.run_id if self.current else "", self.canary, self.of_settings]
        return sorted({run for run in others if run and run != chosen})


def alias_histories(deployed: Deployed) -> list[AliasHistory]:
    """One for each customization that is deployed, by alias."""
    values = read_parameters(deployed)
    held_back = _held_back(deployed)
    found = []
    for customization, settings in customizations(deployed, values).items():
        alias = str(settings.get("alias", ""))
        serving = values.get(parameters.alias_serving(deployed.name, alias), {})
        execution = deployed.outputs.get(run_execution_output(customization), "")
        history = AliasHistory(
            alias=alias,
            customization=customization,
            served=_served(deployed, customization),
            canary=str((serving.get(CANARY_KEY) or {}).get("run_id", "")),
            of_settings=run_of(execution),
            held_back={run: str(item["reason"]) for run, item in held_back if _is_of(item, customization, alias)},
        )
        found.append(history)
    return sorted(found, key=lambda history: history.alias)


def history_of(histories: Sequence[AliasHistory], alias: str) -> AliasHistory:
    """Raises InputError."""
    for history in histories:
        if history.alias == alias:
            return history
    known = ", ".join(history.alias for history in histories) or "none"
    raise InputError(f"ALIAS must be an alias that a customization is promoted to: {known}; got {alias!r}")


def _served(deployed: Deployed, customization: str) -> tuple[Served, ...]:
    name = parameters.customization_promoted(deployed.name, customization)
    try:
        pages = list(deployed.ssm.get_paginator("get_parameter_history").paginate(Name=name))
    except Exception as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return ()
    values = [json.loads(version["Value"]) for page in pages for version in page["Parameters"]]
    latest_first = [_entry(value) for value in reversed(values)]
    ends = ["", *(item.since for item in latest_first)]
    return tuple(replace(item, until=until) for item, until in zip(latest_first, ends, strict=False))


def _entry(value: Mapping[str, Any]) -> Served:
    return Served(
        run_id=str(value.get("run_id") or ""),
        since=str(value.get("promoted_at") or ""),
        model_arn=str(value.get("custom_model_arn") or ""),
        why=str(value.get("why") or ""),
    )


def _held_back(deployed: Deployed) -> list[tuple[str, Mapping[str, Any]]]:
    """(run, hold): `<run>/<customization>`, or `<run>` of earlier releases."""
    path = parameters.held_back(deployed.name, "").rstrip("/")
    pages = deployed.ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    found = [item for page in pages for item in page["Parameters"]]
    return [(item["Name"].removeprefix(f"{path}/").partition("/")[0], json.loads(item["Value"])) for item in found]


def _is_of(hold: Mapping[str, Any], customization: str, alias: str) -> bool:
    return hold.get("customization") == customization or hold.get("alias") == alias
