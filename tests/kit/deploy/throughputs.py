"""A deployed stack of provisioned throughput in an account, and a deployment.toml that may differ from it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import aws_cdk as cdk

from app import build_app
from deployment.config import DeploymentConfig, load_deployment_config
from kit.deploy.throughput_changes import Change
from kit.deploy.throughput_consent import look_at_throughput
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources.fake_aws import NOW, FakeAws
from tests.deployment_file import HEAD, PROJECT

STACK = "sup-provisioned-throughput"
MODEL = "amazon.nova-micro-v1:0:128k"
END = NOW + timedelta(days=20)
TRAINING = f"""
[training.customizations.KEY]
alias = "KEY-bot"
base_model = "{MODEL}"
dataset = ["{PROJECT}/examples/support/chat.jsonl"]
serving = "provisioned"
"""


def section(key: str, more: str = f'model = "{MODEL}"', *, units: int = 1, commitment: str = "none") -> str:
    return (
        f'[provisioned_throughput.{key}]\n{more}\nmodel_units = {units}\ncommitment = "{commitment}"\n'
        "accept_hourly_cost_usd = 9000\n"
    )


class World:
    """A deployment whose first file is deployed; the next one is only looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.aws = FakeAws()
        self.said: list[str] = []

    def config(self, *parts: str) -> DeploymentConfig:
        file = self.folder / "deployment.toml"
        file.write_text("\n".join([HEAD, *parts]), encoding="utf-8")
        return load_deployment_config(file)

    def deployed(self, *parts: str, bought: bool = True, committed: bool = False) -> dict[str, str]:
        """Name -> logical id of each throughput of the stack; each exists in Bedrock if `bought`."""
        config = self.config(*parts)
        flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
        app = cdk.App(outdir=str(self.folder / "cdk.out"), context=flags)
        build_app(app, config)
        template = app.synth().get_stack_by_name(STACK).template
        self.aws.templates[STACK] = template
        kind = "Custom::BedrockProvisionedThroughput"
        found = {key: item["Properties"] for key, item in template["Resources"].items() if item["Type"] == kind}
        for logical_id, properties in found.items():
            terms = {"commitmentDuration": "OneMonth", "commitmentExpirationTime": END} if committed else {}
            tags = {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/{logical_id}"}
            units = {"modelUnits": properties["ModelUnits"], "desiredModelUnits": properties["ModelUnits"]}
            if bought:
                self.aws.add_throughput(properties["ProvisionedModelName"], tags, **terms, **units)
        return {properties["ProvisionedModelName"]: logical_id for logical_id, properties in found.items()}

    def look(self, *parts: str) -> dict[str, Change]:
        found = look_at_throughput(self.config(*parts), self.aws.clients(), NOW, self.said.append)
        return {change.name: change for change in found}
