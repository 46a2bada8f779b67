"""The entries "canary" and "watch" in an alias's serving parameter: the API reads them (kit_contract/canaries.py)."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kit_contract.canaries import CANARY_KEY, WATCH_KEY
from kit_contract.parameters import alias_serving
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class ServingParameter:
    """Of the alias of `run`. Entries of other runs are left alone, and so is what serves."""

    def __init__(self, run: Run, ssm: "SSMClient") -> None:
        self._run_id = run.run_id
        self._name = alias_serving(run.kit_deployment, run.specification.alias)
        self._ssm = ssm

    def read(self) -> dict[str, Any]:
        """Empty if the alias is served by its base model."""
        try:
            value = json.loads(self._ssm.get_parameter(Name=self._name)["Parameter"]["Value"])
        except self._ssm.exceptions.ParameterNotFound:
            return {}
        return value if isinstance(value, dict) else {}

    def entry(self, key: str) -> Mapping[str, Any]:
        """The run's own canary or watch; empty if there is none."""
        found = self.read().get(key)
        return found if isinstance(found, dict) and found.get("run_id") == self._run_id else {}

    def set(self, key: str, entry: Mapping[str, Any]) -> None:
        self._write({**self.read(), key: {**entry, "run_id": self._run_id}})

    def drop_entries(self, *, of_any_run: bool = False) -> bool:
        """End the run's canary and watch. Whether there were any."""
        value = self.read()
        kept = {
            key: item
            for key, item in value.items()
            if key not in (CANARY_KEY, WATCH_KEY) or (self._is_others(item) and not of_any_run)
        }
        if kept == value:
            return False
        self._write(kept)
        return True

    def remove(self) -> None:
        """From now on the alias is served by its base model."""
        # DeleteParameters, unlike DeleteParameter, accepts a name that does not exist.
        self._ssm.delete_parameters(Names=[self._name])

    def _is_others(self, entry: object) -> bool:
        return isinstance(entry, dict) and entry.get("run_id") != self._run_id

    def _write(self, value: Mapping[str, Any]) -> None:
        if not value:
            self.remove()
            return
        self._ssm.put_parameter(Name=self._name, Value=json.dumps(value), Type="String", Overwrite=True)
