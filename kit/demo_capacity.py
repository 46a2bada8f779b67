"""`kit local demo-capacity`: the life of a provisioned throughput, from its price to an empty bill, under calls.

The deployed stacks do everything: the demo edits a deployment file, deploys it, waits for the wall clock and watches.
"""

import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kit.capacity_function import CapacityFunction, Clients
from kit.capacity_table import table
from kit.cdk_cli import PROJECT, CdkError
from kit.demo_bill import bill, bill_table, calls_table
from kit.demo_caller import Caller
from kit.demo_deployment import EXAMPLE, DemoDeployment, next_closing
from kit.local_following import follow_training
from kit.local_stacks import LocalStacks, StackOutputs
from kit.progress import Progress
from stacks.customization_dataset import CustomizationDataset, prepare_datasets
from stacks.deployment_config import load_deployment_config
from stacks.provisioned_throughput_cost import provisioned_groups

ON_DEMAND, PROVISIONED = "custom-model-deployment", "provisioned-throughput"
CACHE_SECONDS = 60  # the API remembers for 15 s who serves an alias; the rest is for a busy machine
RELEASE_SECONDS = 150  # the sweep of the schedules, 50 s of draining, the deletion
SLACK = 1.3  # the second deploy and run do less than the first; this much time in their place leaves room


class DemoError(Exception):
    """When the demo did not show what it is there to show."""


class CapacityDemo:
    """Once, on an embedded AWS of its own in `state`, which whoever calls this stops."""

    def __init__(self, *, state: Path, port: int | None) -> None:
        self._progress = Progress(total=13)
        self._files = DemoDeployment(state)
        self._config = load_deployment_config(EXAMPLE)
        self._stacks = LocalStacks(
            region=self._config.deployment.region, state=state, port=port, progress=self._progress
        )
        self._runs: list[Mapping[str, CustomizationDataset]] = []
        ((self._section, wanted),) = self._config.provisioned_throughput.items()
        self._name = f"{self._config.deployment.name}-{wanted.customization}"  # in Bedrock
        self._alias = str(wanted.alias)
        self._seen: dict[str, Any] = {}
        self._caller: Caller

    def run(self) -> None:
        self._stacks.start()
        self._stacks.bootstrap()
        begun = time.monotonic()
        self._serve_on_demand()
        first_run = timedelta(seconds=time.monotonic() - begun)
        try:
            self._consent()
            self._buy()
            closing = self._swap(first_run)
            deleted = self._close(closing)
            self._destroy()
        finally:
            self._caller.stop()
        self._sum_up(deleted)

    def _serve_on_demand(self) -> None:
        self._progress.step("cdk deploy, without capacity")
        outputs = self._deploy_and_train(self._files.without_capacity())
        self._progress.step(f"A client calls {self._alias} ten times a second, from here to the end")
        self._caller = Caller(self._stacks.api(outputs), self._alias, self._tell)
        self._caller.start()
        self._caller.until(kind=ON_DEMAND, seconds=CACHE_SECONDS)

    def _consent(self) -> None:
        self._progress.step("The price, and consent to it")
        for group in provisioned_groups(self._config):
            for found in group.lines:
                usd = "unknown" if found.usd is None else f"{found.usd:,.2f} USD"
                self._progress.line(f"{usd:>14}  {found.what}")
        try:
            self._stacks.synth(self._files.without_consent())
        except CdkError as error:
            if "accept_hourly_cost_usd" not in str(error):
                raise
            self._progress.line("without consent in the file nothing is synthesized:")
            refused = next(line for line in str(error).splitlines() if "accept_hourly_cost_usd" in line)
            for line in textwrap.wrap(refused, 100):
                self._progress.line(f"  {line}")
        else:
            raise DemoError("a throughput whose price nobody accepted was synthesized")
        accepted = self._config.provisioned_throughput[self._section].accept_hourly_cost_usd
        self._progress.done(f"accept_hourly_cost_usd = {accepted} is written into the file")

    def _buy(self) -> None:
        self._progress.step("cdk deploy, with capacity: bought")
        self._stacks.deploy(self._files.bought())
        bought = self._throughput()
        self._seen["bought"] = bought
        self._table()
        self._progress.done(f"{bought['status']}, serves {bought['modelArn'].rpartition('/')[2]}")
        self._progress.step("Served through its alias")
        self._caller.until(kind=PROVISIONED, seconds=CACHE_SECONDS)
        self._progress.done("callers of the alias get the throughput; the API looked after at most 15 s")

    def _swap(self, first_run: timedelta) -> datetime:
        """Train on other data, swap the model in place; when the window that is deployed along with it closes."""
        self._progress.step("cdk deploy, with other data and a schedule")
        closing = next_closing(datetime.now(UTC), lead=first_run * SLACK)
        self._progress.line(f"dataset changed; the window closes at {closing:%H:%M} UTC, at the next whole minute")
        self._deploy_and_train(self._files.closing_at(closing))
        before, after = self._seen["bought"], self._throughput()
        self._seen["swapped"] = after
        if after["provisionedModelArn"] != before["provisionedModelArn"] or after["modelArn"] == before["modelArn"]:
            raise DemoError(f"the model was not swapped in place: before {before}, after {after}")
        if any(self._caller.models):  # a language model in place of the mock does not say which model it stands for
            self._caller.until(model=self._model_name(after["modelArn"]), seconds=CACHE_SECONDS)
        self._progress.line(f"same throughput   {after['provisionedModelArn']}")
        self._progress.line(f"model before      {before['modelArn']}")
        self._progress.line(f"model now         {after['modelArn']}")
        self._progress.line(f"{self._caller.calls:,} calls so far, {len(self._caller.failures)} failed")
        return closing

    def _close(self, closing: datetime) -> datetime:
        """Wait for the wall clock; when it was gone. Nobody calls release: EventBridge Scheduler wakes the function."""
        self._progress.step(f"The window closes at {closing:%H:%M} UTC")
        wait = max((closing - datetime.now(UTC)).total_seconds(), 1.0)
        deadline = time.monotonic() + wait + RELEASE_SECONDS
        while self._find() is not None:
            left = (closing - datetime.now(UTC)).total_seconds()
            self._progress.bar(1 - max(left, 0) / wait, self._stage(left))
            if time.monotonic() > deadline:
                raise DemoError(f"{self._name} is still there {RELEASE_SECONDS} s after its window closed")
            time.sleep(0.5)
        deleted = datetime.now(UTC)
        self._progress.end_bar()
        self._caller.until(kind=ON_DEMAND, seconds=CACHE_SECONDS)
        self._table()
        late = (deleted - closing).total_seconds()
        self._progress.line(f"gone {late:.0f} s after the window closed: the schedules' sweep, 50 s of draining")
        self._progress.done(f"{self._caller.calls:,} calls so far, {len(self._caller.failures)} failed")
        return deleted

    def _stage(self, left: float) -> str:
        if left > 0:
            return "open"
        found = self._stacks.clients("ssm").get_parameters(
            Names=[f"/bedrock-kit/{self._config.deployment.name}/aliases/{self._alias}/capacity"]
        )["Parameters"]
        return "closed; the function is being woken" if found else "callers are sent elsewhere; deleted after 50 s"

    def _destroy(self) -> None:
        self._progress.step("cdk destroy of the capacity stack, and what is billed by the hour")
        path = self._files.bought()
        self._stacks.destroy(path, f"{self._config.deployment.name}-provisioned-throughput")
        self._progress.line("$ kit reap")
        done = subprocess.run(
            [sys.executable, "-m", "kit", "reap", "--region", self._config.deployment.region],
            cwd=PROJECT,
            env=self._stacks.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in (done.stdout + done.stderr).splitlines():
            self._progress.line(line)
        self._seen |= {"reap": done.stdout, "reap_exit_code": done.returncode}
        self._seen["left"] = self._stacks.clients("bedrock").list_provisioned_model_throughputs()[
            "provisionedModelSummaries"
        ]
        if done.returncode or self._seen["left"]:
            raise DemoError("something that is billed by the hour is left, or could not be listed")
        self._progress.done()

    def _sum_up(self, deleted: datetime) -> None:
        self._progress.step("Summary")
        for line in calls_table(self._caller):
            self._progress.line(line)
        self._progress.line("")
        self._progress.line("on AWS this would have cost, at the prices of kit cost:")
        seconds = (deleted - self._seen["bought"]["creationTime"]).total_seconds()
        for line in bill_table(bill(self._config, self._runs, self._caller, seconds)):
            self._progress.line(line)
        for failure in self._caller.failures[:5]:
            self._progress.line(f"failed: {failure}")
        if self._caller.failures:
            raise DemoError(f"{len(self._caller.failures)} of {self._caller.calls} calls failed")

    def _deploy_and_train(self, path: Path) -> StackOutputs:
        begun = datetime.now(UTC)
        outputs = self._stacks.deploy(path)
        self._progress.done()
        config = load_deployment_config(path)
        self._runs.append(prepare_datasets(config))
        follow_training(config, outputs, self._stacks.clients, self._progress, since=begun)
        return outputs

    def _throughput(self) -> dict[str, Any]:
        found = self._find()
        if found is None:
            raise DemoError(f"there is no throughput {self._name}")
        return found

    def _find(self) -> dict[str, Any] | None:
        bedrock = self._stacks.clients("bedrock")
        try:
            found = bedrock.get_provisioned_model_throughput(provisionedModelId=self._name)
        except bedrock.exceptions.ResourceNotFoundException:
            return None
        return {key: value for key, value in found.items() if key != "ResponseMetadata"}

    def _table(self) -> None:
        clients = self._stacks.clients
        function = CapacityFunction(
            Clients(clients("cloudformation"), clients("lambda"), clients("sts")), self._config.deployment.name
        )
        self._progress.line("$ kit capacity")
        for line in table(function.ask({"action": "status"})).splitlines():
            self._progress.line(line)

    def _model_name(self, arn: str) -> str:
        return str(self._stacks.clients("bedrock").get_custom_model(modelIdentifier=arn)["modelName"])

    def _tell(self, kind: str, model: str) -> None:
        self._progress.line(f"{datetime.now(UTC):%H:%M:%S} callers are answered by {kind} {model}".rstrip())
