"""Remembers under which names and in which regions a deployment.toml was deployed, in the project's .local folder.

A deployment that was renamed or moved to another region is found only this way: nothing in AWS names the file.
"""

import json
from pathlib import Path
from typing import NamedTuple

from deployment.config import environments_in
from kit_contract.places import PROJECT

RECORD = PROJECT / ".local" / "deployed.json"


class Place(NamedTuple):
    account: str
    region: str
    deployment: str


class History:
    """The places of one file, or one environment of it, the latest last.

    It is written before a deploy: an interrupted one counts."""

    def __init__(self, record: Path, config: Path, environment: str | None = None) -> None:
        self._record = record
        self._file = config.resolve()
        self._config = self._name(environment)

    @property
    def known(self) -> bool:
        """Whether this folder deployed the file before."""
        return self._config in self._read()

    def earlier(self, here: Place) -> list[Place]:
        """Where this file was deployed before, except `here` and where another file was deployed last."""
        record = self._read()
        others = {places[-1] for config, places in record.items() if places and config != self._config}
        return [place for place in record.get(self._config, []) if place != here and place not in others]

    def without_environment(self) -> list[tuple[str, Place]]:
        """What this file deployed as an environment that it has no more, by the name; as none, by an empty one."""
        record, named = self._read(), environments_in(self._file) if self._file.is_file() else []
        living = {self._name(name) for name in named} or {self._name(None)}
        gone = {config: name for config in record if config not in living and (name := self._named(config)) is not None}
        in_use = {place for config, places in record.items() if config not in gone for place in places[-1:]}
        return [(name, place) for config, name in gone.items() for place in record[config] if place not in in_use]

    def _named(self, config: str) -> str | None:
        """The environment of this file that the record calls so; None for another file."""
        name = config.removeprefix(str(self._file)).strip(" []")
        return name if config == self._name(name) else None

    def _name(self, environment: str | None) -> str:
        return f"{self._file}" + (f" [{environment}]" if environment else "")

    def add(self, place: Place) -> None:
        record = self._read()
        kept = [item for item in record.get(self._config, []) if item != place]
        self._write({**record, self._config: [*kept, place]})

    def drop(self, place: Place) -> None:
        """Nothing of this file is there any more."""
        record = self._read()
        kept = [item for item in record.get(self._config, []) if item != place]
        self._write({**record, self._config: kept})

    def _read(self) -> dict[str, list[Place]]:
        """A record that cannot be read counts as absent: the next deploy writes a new one."""
        try:
            raw = json.loads(self._record.read_text(encoding="utf-8"))
            return {config: [Place(*place) for place in places] for config, places in raw.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _write(self, record: dict[str, list[Place]]) -> None:
        self._record.parent.mkdir(parents=True, exist_ok=True)
        new = self._record.with_suffix(".new")
        new.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        new.replace(self._record)
