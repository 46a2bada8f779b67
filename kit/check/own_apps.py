"""What the kit's own app has for a deployment.toml: the stacks of each environment, who may deploy, its pipeline."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployment.config import ConfigError, environments_in
from kit_contract.pipelines import PIPELINE_CONTEXT
from kit_contract.stacks import PIPELINE_ACCESS_CONTEXT

CODEPIPELINE = "codepipeline"


@dataclass(frozen=True)
class OwnApp:
    """`context` of the app. `account`: of its stacks, if the file does not say it for the environment."""

    config: Path
    environment: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None


def own_apps(config: Path, chosen: str | None) -> Iterator[OwnApp]:
    """For all environments of the file, unless one is `chosen`: then without the pipeline, which has none."""
    environments = [chosen] if chosen else _environments(config)
    pipeline = _pipeline(config)
    for environment in environments:
        yield OwnApp(config, environment)
        if _has_access(pipeline, environment):
            yield OwnApp(config, environment, {PIPELINE_ACCESS_CONTEXT: "1"})
    if CODEPIPELINE in pipeline and not chosen:
        yield OwnApp(config, None, {PIPELINE_CONTEXT: "1"}, str(pipeline[CODEPIPELINE].get("account", "")) or None)


def _has_access(pipeline: Mapping[str, Any], environment: str | None) -> bool:
    deployed = pipeline.get(CODEPIPELINE, {}).get("environments", [])
    return bool(pipeline.keys() - {CODEPIPELINE}) or (environment is not None and environment in deployed)


def _environments(config: Path) -> list[str | None]:
    try:
        return [*environments_in(config)] or [None]
    except ConfigError:  # the app says what is wrong
        return [None]


def _pipeline(config: Path) -> Mapping[str, Any]:
    """Of the whole file; faults are the app's to name."""
    try:
        found = tomllib.loads(config.read_text(encoding="utf-8")).get("pipeline", {})
    except (OSError, ValueError):
        return {}
    tables = found if isinstance(found, dict) else {}
    return {name: table for name, table in tables.items() if isinstance(table, dict)}
