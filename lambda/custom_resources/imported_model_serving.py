"""Custom::BedrockImportedModelServing: an imported model serves an alias by its own ARN; this ends it.

  Create  nothing: the training workflow publishes the alias after the import -> READY
  Update  Alias changed: the old alias's serving parameter is withdrawn; the workflow publishes the new one -> READY
  Delete  the alias's serving parameter, so that callers fall back to the base target -> GONE. The model stays: it is
          data, like a custom model
  Replacement never: the physical id is the name of the section

A parameter that another section has published since, such as this one under its new name, stays.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from custom_resources.account import json_parameter
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract import parameters
from kit_contract.canaries import CANARY_KEY
from kit_contract.model_arns import IMPORTED_MODEL

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class ImportedModelServingResource:
    name_property = ""

    def __init__(self, ssm: "SSMClient") -> None:
        self._ssm = ssm

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('Customization')}-serving"

    def create(self, request: Request) -> Mapping[str, str]:
        Properties(request.properties).text("Alias")
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        before = Properties(request.old_properties).optional_text("Alias")
        if before and before != Properties(request.properties).text("Alias"):
            self._withdraw(request, before)
        return {}

    def delete(self, request: Request) -> None:
        self._withdraw(request, Properties(request.properties).text("Alias"))

    def describe(self, request: Request) -> Snapshot:
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)

    def _withdraw(self, request: Request, alias: str) -> None:
        properties = Properties(request.properties)
        name = parameters.alias_serving(properties.text("KitDeployment"), alias)
        serving = json_parameter.read(self._ssm, name)
        if serving is None:
            return
        ours = serving.get("kind") == IMPORTED_MODEL and serving.get("customization") == properties.text(
            "Customization"
        )
        if ours or serving.keys() == {CANARY_KEY}:  # the base model serves, beside a canary
            json_parameter.remove(self._ssm, name)
