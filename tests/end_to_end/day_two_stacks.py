"""A deployment whose stacks come and go: the file is edited, what `make up` runs is run, and all is looked at."""

import json
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from kit.local.run import LocalRun
from kit.local.stacks import LocalStacks
from kit.progress import Progress
from kit_contract.places import PROJECT
from local_aws import emulator
from tests.end_to_end.deployed import CONFIG, Deployed

FILE = CONFIG.read_text(encoding="utf-8")
SHIPPED = FILE.replace('fine_tuning_keys = ["default"]\n', "")  # refused without customizations


def without(section: str) -> Callable[[str], str]:
    """Remove the tables whose name is or begins with `section`."""
    tables = re.compile(
        rf"^\[{re.escape(section)}[].].*?(?=^\[(?!{re.escape(section)}\.)|\Z)", re.MULTILINE | re.DOTALL
    )
    return lambda text: tables.sub("", text)


class World:
    """One embedded AWS and the file that is edited; `outputs` are of the last run."""

    def __init__(self, folder: Path) -> None:
        self.state, self.file = folder / "aws", folder / "deployment.toml"
        # The agent searches the knowledge base that a row removes; tests/stacks and tests/kit/deploy have its own rows.
        self.text = without("agents")(SHIPPED.replace("../../examples", str(PROJECT / "examples")))
        self.file.write_text(self.text, encoding="utf-8")
        self.outputs: dict[str, Any] = {}

    def edit(self, change: Callable[[str], str]) -> None:
        changed = change(self.text)
        assert changed != self.text
        self.text = changed
        self.file.write_text(changed, encoding="utf-8")

    def up(self) -> str:
        """What it printed."""
        config = load_deployment_config(self.file)
        with redirect_stdout(StringIO()) as said:
            self.outputs = LocalRun(
                config, self.file, state=self.state, outputs=self.state / "outputs.json", port=None
            ).up()
        return said.getvalue()

    @property
    def aws(self) -> Deployed:
        running = emulator.running(self.state)
        assert running
        return Deployed(self.outputs, running)

    def local(self) -> LocalStacks:
        stacks = LocalStacks(region="us-east-1", state=self.state, port=None, progress=Progress(total=2))
        stacks.start()
        return stacks

    def stacks(self) -> set[str]:
        return names_of(self.aws) - {"CDKToolkit"}

    def billed_by_the_hour(self) -> list[str]:
        found = self.aws.client("bedrock").list_provisioned_model_throughputs()["provisionedModelSummaries"]
        return [item["provisionedModelName"] for item in found]

    def served_by(self, alias: str) -> str:
        body = {"model": alias, "messages": [{"role": "user", "content": "Hello"}]}
        status, answer = self.aws.post("/chat/completions", json.dumps(body).encode())
        assert status == 200, answer
        return str(answer["served_by"]["target"])


def names_of(aws: Deployed) -> set[str]:
    return {stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]}
