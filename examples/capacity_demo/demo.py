"""The steps of the demo: from the price of provisioned throughput to an empty bill, while a client calls.

The deployed stacks do the work. The demo edits a deployment file, deploys it, waits, and prints what it sees.
"""

import json
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from deployment.costs.provisioned_throughput import provisioned_throughput_groups
from deployment.datasets import CustomizationDataset, prepare_datasets
from examples.capacity_demo.bill import bill, bill_table, calls_table
from examples.capacity_demo.caller import Caller
from examples.capacity_demo.deployment_file import EXAMPLE, DemoDeployment, next_closing
from examples.capacity_demo.throughput import DemoThroughput
from kit.capacity.table import table
from kit.hint import EMBEDDED
from kit.local.following import follow_training
from kit.local.stacks import LocalStacks, StackOutputs
from kit.local.watch import ended_with
from kit.progress import Progress
from kit_contract.counted import counted
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT
from kit_contract.stacks import provisioned_throughput_stack

ON_DEMAND, PROVISIONED = "custom-model-deployment", "provisioned-throughput"
ACCEPTED_PRICE = "accept_hourly_cost_usd"
SWITCH_SECONDS = 60  # the API caches for 15 s what serves an alias; the rest is for a busy machine
RELEASE_SECONDS = 150  # twice what the schedule, 50 s of draining and the deletion take
EXPLANATION = (
    "Provisioned throughput is capacity for one model that you rent by the hour, whether you call it or not.",
    "A model unit is the amount: each unit serves a fixed number of input and output tokens per minute.",
)


class CapacityDemo:
    """Runs once, on an embedded AWS in `state` that the caller stops. Writes `state`/summary.json."""

    def __init__(self, *, state: Path, port: int | None) -> None:
        self._progress = Progress(total=13, options=EMBEDDED)
        self._state = state
        self._files = DemoDeployment(state)
        self._config = load_deployment_config(EXAMPLE)
        region = self._config.deployment.region
        self._stacks = LocalStacks(region=region, state=state, port=port, progress=self._progress)
        self._runs: list[Mapping[str, CustomizationDataset]] = []
        self._seen: dict[str, Any] = {}
        self._caller: Caller
        self._throughput: DemoThroughput

    def run(self) -> None:
        """Raises ExternalError if a call fails or a step does not show what it should."""
        with ended_with(self._stacks.start()):
            self._steps()

    def _steps(self) -> None:
        self._stacks.bootstrap()
        name = self._config.deployment.name
        (item,) = self._config.provisioned_throughput.values()
        full_name = f"{name}-{item.customization}"
        self._throughput = DemoThroughput(self._stacks.clients, name, full_name, str(item.alias))
        self._serve_on_demand()
        try:
            self._show_price()
            lead = self._buy()
            self._swap(next_closing(datetime.now(UTC), lead=lead))
            self._close()
            self._destroy()
        finally:
            self._caller.stop()
        self._sum_up()

    def _serve_on_demand(self) -> None:
        self._progress.step("cdk deploy, without provisioned throughput")
        outputs = self._deploy_and_train(self._files.without_capacity())
        alias = self._throughput.alias
        self._progress.step(f"A client calls {alias} ten times a second until the end")
        self._caller = Caller(self._stacks.api(outputs), alias, self._tell)
        self._caller.start()
        self._caller.until(kind=ON_DEMAND, seconds=SWITCH_SECONDS)

    def _show_price(self) -> None:
        self._progress.step("The price, and the setting that accepts it")
        self._lines(EXPLANATION)
        for found in (line for group in provisioned_throughput_groups(self._config) for line in group.lines):
            usd = "unknown" if found.usd is None else f"{found.usd:,.2f} USD"
            self._progress.line(f"{usd:>14}  {found.what}")
        self._progress.line(
            "This month has the hours of the schedule; the month in the message below has all 730 hours."
        )
        self._progress.line("Synth fails until the file accepts the price:")
        self._seen["refused"] = self._refusal()
        self._lines(textwrap.wrap(self._seen["refused"], 100, initial_indent="  ", subsequent_indent="  "))
        (item,) = self._config.provisioned_throughput.values()
        self._progress.done(f"wrote {ACCEPTED_PRICE} = {item.accept_hourly_cost_usd} into the file")

    def _refusal(self) -> str:
        try:
            self._stacks.synth(self._files.price_not_accepted())
        except ExternalError as error:
            for line in str(error).splitlines():
                if ACCEPTED_PRICE in line:
                    return line
            raise
        raise ExternalError("synth did not refuse provisioned throughput whose price was not accepted")

    def _buy(self) -> timedelta:
        """Returns how long the next deploy may take: 1.5 times as long as this one, which is of the same size."""
        self._progress.step("cdk deploy, with provisioned throughput: bought")
        begun = time.monotonic()
        self._stacks.deploy(self._files.bought())
        lead = timedelta(seconds=1.5 * (time.monotonic() - begun))
        bought = self._seen["bought"] = self._throughput.require()
        self._show_capacity("bought_report")
        self._progress.done(f"{bought['status']}, serves {bought['modelArn'].rpartition('/')[2]}")
        self._progress.step("The alias switches to provisioned throughput")
        self._caller.until(kind=PROVISIONED, seconds=SWITCH_SECONDS)
        self._progress.done("the API looks up every 15 s what serves an alias")
        return lead

    def _swap(self, closing: datetime) -> None:
        """Train on other data and swap the new model in; a schedule is added whose window ends at `closing`."""
        self._progress.step("cdk deploy, with other data and a schedule: the model is swapped")
        self._progress.line(
            f"the dataset is different, so a new model is trained; the schedule ends at {closing:%H:%M} UTC"
        )
        self._seen["closing"] = closing
        self._deploy_and_train(self._files.closing_at(closing))
        before, after = self._seen["bought"], self._throughput.require()
        self._seen["swapped"] = after
        if after["provisionedModelArn"] != before["provisionedModelArn"] or after["modelArn"] == before["modelArn"]:
            raise ExternalError(f"the model was not swapped in place: before {before}, after {after}")
        if any(self._caller.models):  # only the mock names the model that answers
            name = self._throughput.model_name(after["modelArn"])
            self._caller.until(model=name, seconds=SWITCH_SECONDS)
        self._progress.line(f"same throughput  {after['provisionedModelArn']}")
        self._progress.line(f"model before     {before['modelArn']}")
        self._progress.line(f"model now        {after['modelArn']}")
        self._count()

    def _close(self) -> None:
        """Wait for the release, which EventBridge Scheduler starts at `closing`."""
        closing = self._seen["closing"]
        self._progress.step(f"The schedule ends at {closing:%H:%M} UTC: released")
        wait = max((closing - datetime.now(UTC)).total_seconds(), 1.0)
        while self._throughput.find() is not None:
            left = (closing - datetime.now(UTC)).total_seconds()
            self._progress.bar(1 - max(left, 0) / wait, self._throughput.release_progress(closing))
            if left < -RELEASE_SECONDS:
                raise ExternalError(f"{self._throughput.name} still exists {-left:.0f} s after its schedule ended")
            time.sleep(0.5)
        self._seen["deleted"] = datetime.now(UTC)
        self._progress.end_bar()
        self._caller.until(kind=ON_DEMAND, seconds=SWITCH_SECONDS)
        self._show_capacity("released_report")
        self._progress.line(
            f"deleted {(self._seen['deleted'] - closing).total_seconds():.0f} s after the schedule ended"
        )
        self._count()

    def _destroy(self) -> None:
        self._progress.step("cdk destroy of the provisioned throughput stack; then what is billed by the hour")
        self._stacks.destroy(self._files.bought(), provisioned_throughput_stack(self._config.deployment.name))
        command = ["-m", "kit.__main__", "reap", "--region", self._config.deployment.region]
        done = subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT,
            env=self._stacks.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self._lines(["$ kit reap", *done.stdout.splitlines()])
        left = self._throughput.all_left()
        self._seen |= {"reap": done.stdout, "reap_exit_code": done.returncode, "left": left}
        if done.returncode or left:
            raise ExternalError(f"kit reap ended with {done.returncode}; provisioned throughput left: {left or 'none'}")
        self._count()

    def _sum_up(self) -> None:
        self._progress.step("Summary")
        caller = self._caller
        figures = {"calls": caller.calls, "failures": caller.failures, "answered": caller.answered}
        text = json.dumps(self._seen | figures | {"models": caller.models}, indent=1, default=str)
        (self._state / "summary.json").write_text(text + "\n", encoding="utf-8")
        seconds = (self._seen["deleted"] - self._seen["bought"]["creationTime"]).total_seconds()
        costs = bill_table(bill(self._config, self._runs, caller, seconds))
        self._lines(
            [*calls_table(caller), "", "on AWS this would have cost, at the prices that kit cost uses:", *costs]
        )
        if caller.failures:
            self._lines(f"failed: {failure}" for failure in caller.failures[:5])
            raise ExternalError(f"{len(caller.failures)} of {counted(caller.calls, 'call')} failed")

    def _deploy_and_train(self, path: Path) -> StackOutputs:
        begun = datetime.now(UTC)
        outputs = self._stacks.deploy(path)
        self._progress.done()
        config = load_deployment_config(path)
        self._runs.append(prepare_datasets(config))
        follow_training(config, outputs, self._stacks.clients, self._progress, since=begun)
        return outputs

    def _show_capacity(self, name: str) -> None:
        self._seen[name] = self._throughput.report()
        self._lines(["$ kit capacity", *table(self._seen[name]).splitlines()])

    def _count(self) -> None:
        self._progress.done(f"{counted(self._caller.calls, 'call')} so far, {len(self._caller.failures)} failed")

    def _tell(self, kind: str, model: str) -> None:
        self._progress.line(f"{datetime.now(UTC):%H:%M:%S} calls are now answered by {kind} {model}".rstrip())

    def _lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._progress.line(line)
