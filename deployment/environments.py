"""[environments.*]: one deployment.toml for several stages. Each has an account, a Region, and only what differs.

A table of an environment is merged into the file's table of the same name; any other value takes the place of the
file's. `without` names sections or settings of the file that the environment does not have.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from deployment.sections.section import NAME, PATTERN_IN_WORDS

ENVIRONMENTS = "environments"
PLACE = ("account", "region")  # written beside the overlay: they are in [deployment] of the merged file
WITHOUT = "without"
DOTTED = re.compile(r"[\w-]+(\.[\w-]+)*")


class EnvironmentsError(ValueError):
    """When no environment can be chosen: all faults, one a line, without the file's name."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Environment:
    """`overlay`: what the file says below [environments.<name>], with account and region in their section."""

    name: str
    overlay: Mapping[str, Any]

    def place_of(self, where: str, *, missing: bool = False) -> str:
        """Where the file says this: `training.removal` -> `environments.prod.training.removal`, if prod does.

        What is `missing` is missing in the environment if it has the table.
        """
        parts = where.split(".")
        if not _has(self.overlay, parts[:-1] if missing else parts) or (missing and len(parts) == 1):
            return where
        given = parts[1:] if parts[0] == "deployment" and parts[1:] and parts[1] in PLACE else parts
        return ".".join((ENVIRONMENTS, self.name, *given))

    def placed(self, fault: str, *, missing: bool = False) -> str:
        """`fault`, which begins with a setting, with the place of that setting; else it says the environment.

        The setting may be the file's: the environment's Region, or what it leaves out, can be the cause.
        """
        found = DOTTED.match(fault)
        where = found[0] if found else ""
        place = self.place_of(where, missing=missing)
        return f"{fault} (environment {self.name})" if place == where else place + fault[len(where) :]


def names_of(raw: Mapping[str, Any]) -> list[str]:
    found = raw.get(ENVIRONMENTS)
    return list(found) if isinstance(found, dict) else []


def choose(raw: Mapping[str, Any], name: str | None) -> tuple[dict[str, Any], Environment | None]:
    """The file as this environment has it, and the environment. Raises EnvironmentsError."""
    plain = {key: value for key, value in raw.items() if key != ENVIRONMENTS}
    known = names_of(raw)
    if faults := list(_table_faults(raw)):
        raise EnvironmentsError(faults)
    if name is None and not known:
        return plain, None
    if name is None:
        raise EnvironmentsError(
            [f"choose one of its environments: {_listed(known)} (kit: --environment NAME, cdk: -c environment=NAME)"]
        )
    if name not in known:
        raise EnvironmentsError(
            [f"environment must be {_listed(known) or 'absent: the file has no [environments.*]'}, got {name!r}"]
        )
    merged = {one: merge(plain, one, raw[ENVIRONMENTS][one]) for one in known}
    if faults := [*_without_faults(plain, name, raw[ENVIRONMENTS][name]), *_collisions(merged)]:
        raise EnvironmentsError(faults)
    return merged[name], Environment(name, _overlay(raw[ENVIRONMENTS][name]))


def merge(plain: Mapping[str, Any], name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """The file with what the environment changes; its deployment is called <name>-<environment> unless it says so."""
    merged = deepcopy(dict(plain))
    for path in table.get(WITHOUT, []):
        _remove(merged, path.split("."))
    base = plain.get("deployment")
    if isinstance(base, dict) and isinstance(base.get("name"), str):
        merged["deployment"] = {**merged.get("deployment", {}), "name": f"{base['name']}-{name}"}
    return _merged(merged, _overlay(table))


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _overlay(table: Mapping[str, Any]) -> dict[str, Any]:
    place = {key: table[key] for key in PLACE if key in table}
    rest = {key: value for key, value in table.items() if key not in (*PLACE, WITHOUT)}
    return _merged(rest, {"deployment": place}) if place else rest


def _table_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    found = raw.get(ENVIRONMENTS, {})
    if not isinstance(found, dict):
        yield f"{ENVIRONMENTS}: must be tables such as [environments.prod], got {found!r}"
        return
    for name, table in found.items():
        where = f"{ENVIRONMENTS}.{name}"
        if not re.fullmatch(NAME, name):
            yield f"{where}: must be {PATTERN_IN_WORDS[NAME]}, got {name!r}; change it"
        elif not isinstance(table, dict):
            yield f"{where}: must be a table, got {table!r}; write [{where}]"
        else:
            yield from _member_faults(where, table)


def _member_faults(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    absent = table.get(WITHOUT, [])
    if not isinstance(absent, list) or not all(isinstance(path, str) for path in absent):
        yield f'{where}.{WITHOUT}: must be a list of sections or settings such as ["budget"], got {absent!r}'
    if ENVIRONMENTS in table:
        yield f"{where}.{ENVIRONMENTS} is not a setting; an environment has no environments of its own"
    section = table.get("deployment")
    for key in PLACE:
        if isinstance(section, dict) and key in section:
            yield f"{where}.deployment.{key} is not a setting; write {where}.{key}"


def _without_faults(plain: Mapping[str, Any], name: str, table: Mapping[str, Any]) -> Iterator[str]:
    for path in table.get(WITHOUT, []):
        if not _has(plain, path.split(".")):
            known = ", ".join(sorted(plain))
            yield f"{ENVIRONMENTS}.{name}.{WITHOUT}: the file has no {path!r} to leave out; it has {known}"


def _collisions(merged: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Two environments of one name would be one deployment, unless each names an account of its own."""
    seen: dict[str, tuple[str, object]] = {}
    for environment, raw in merged.items():
        section = raw.get("deployment")
        if not isinstance(section, dict) or not isinstance(section.get("name"), str):
            continue
        name, account = section["name"], section.get("account")
        other, its_account = seen.setdefault(name, (environment, account))
        if other != environment and (account is None or its_account is None or account == its_account):
            yield (
                f"{ENVIRONMENTS}.{environment}: its deployment would be called {name} as that of {other}, and one "
                f"would replace the other; give both an account of their own, or change {ENVIRONMENTS}.{environment}"
                ".deployment.name"
            )


def _has(tree: object, parts: list[str]) -> bool:
    for part in parts:
        if not isinstance(tree, Mapping) or part not in tree:
            return False
        tree = tree[part]
    return True


def _remove(tree: dict[str, Any], parts: list[str]) -> None:
    if not _has(tree, parts):
        return
    for part in parts[:-1]:
        tree = tree[part]
    del tree[parts[-1]]


def _listed(names: list[str]) -> str:
    return " or ".join(names)
