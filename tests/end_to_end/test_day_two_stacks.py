"""Day two, rows about stacks: a section is removed, the deployment is renamed or moved; with the real `cdk deploy`.

Each row edits the file of the row before, runs what `make up` runs, and looks at what serves, is billed and is left.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deployment.config import load_deployment_config
from kit.deploy.absent import UNDECIDED_OR_LEFT, Decision, settle
from kit.deploy.assembly import stacks_in
from kit.local.run import LocalRun
from kit.local.stacks import LocalStacks
from kit.progress import Progress
from kit_contract.errors import ExternalError, InputError
from local_aws import emulator
from tests.end_to_end.day_two import SPEED
from tests.end_to_end.deployed import Deployed

PROJECT = Path(__file__).resolve().parent.parent.parent
FILE = (PROJECT / "tests" / "end_to_end" / "deployment.toml").read_text(encoding="utf-8")
SHIPPED = FILE.replace('fine_tuning_keys = ["default"]\n', "")  # refused without customizations
SUFFIXES = {"budget", "model-access", "training", "provisioned-throughput", "knowledge-base", "inference-api"}

pytestmark = pytest.mark.end_to_end


@dataclass
class World:
    """One embedded AWS and the file that is edited; `outputs` and `said` are of the last run."""

    state: Path
    text: str
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.state / "deployment.toml"

    def edit(self, change: Callable[[str], str]) -> None:
        changed = change(self.text)
        assert changed != self.text
        self.text = changed
        self.file.write_text(changed, encoding="utf-8")

    def up(self) -> None:
        config = load_deployment_config(self.file)
        self.outputs = LocalRun(
            config, self.file, state=self.state, outputs=self.state / "outputs.json", port=None
        ).up()

    @property
    def aws(self) -> Deployed:
        running = emulator.running(self.state)
        assert running
        return Deployed(self.outputs, running)

    def stacks(self) -> set[str]:
        found = self.aws.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"] for stack in found} - {"CDKToolkit"}

    def billed_by_the_hour(self) -> list[str]:
        found = self.aws.client("bedrock").list_provisioned_model_throughputs()["provisionedModelSummaries"]
        return [item["provisionedModelName"] for item in found]

    def served_by(self, alias: str) -> str:
        body = {"model": alias, "messages": [{"role": "user", "content": "Hello"}]}
        status, answer = self.aws.post("/chat/completions", json.dumps(body).encode())
        assert status == 200, answer
        return str(answer["served_by"]["target"])


def without(section: str) -> Callable[[str], str]:
    """Remove the tables whose name is or begins with `section`."""
    tables = re.compile(
        rf"^\[{re.escape(section)}[].].*?(?=^\[(?!{re.escape(section)}\.)|\Z)", re.MULTILINE | re.DOTALL
    )
    return lambda text: tables.sub("", text)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    state = tmp_path_factory.mktemp("day-two-stacks")
    # The agent searches the knowledge base that a row removes; tests/stacks and tests/kit/deploy have its own rows.
    made = World(state, without("agents")(SHIPPED.replace("../../examples", str(PROJECT / "examples"))))
    made.file.write_text(made.text, encoding="utf-8")
    try:
        emulator.start(state, time_scale=SPEED)
        made.up()
        yield made
    finally:
        emulator.stop(state)
        shutil.rmtree(state, ignore_errors=True)


def names(deployment: str, *suffixes: str) -> set[str]:
    return {f"{deployment}-{suffix}" for suffix in suffixes}


def test_another_key_of_a_throughput_is_refused_before_a_deploy_and_by_cloudformation(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks = LocalStacks(region="us-east-1", state=world.state, port=None, progress=Progress(total=2))
    stacks.start()
    bought = world.billed_by_the_hour()
    file = world.state / "another-key.toml"
    file.write_text(world.text.replace("provisioned_throughput.reserve", "provisioned_throughput.spare"), "utf-8")

    with pytest.raises(InputError, match=r"end-to-end-spare: refused: the deployed end-to-end-reserve"):
        stacks.show_throughput(load_deployment_config(file))
    with pytest.raises(ExternalError, match="both would be billed"):
        stacks.deploy(file)

    assert re.search(r"end-to-end-reserve +\w+ .* its section is gone; released", capsys.readouterr().out)
    assert world.billed_by_the_hour() == bought == ["end-to-end-reserve"]
    stacks.show_throughput(load_deployment_config(world.file))
    assert re.search(r"end-to-end-reserve +\w+ .* kept$", capsys.readouterr().out, re.MULTILINE)


def test_plain_cdk_deploy_leaves_it_and_nothing_is_decided_without_a_terminal(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.stacks() == names("end-to-end", *SUFFIXES)
    world.edit(without("provisioned_throughput"))
    stacks = LocalStacks(region="us-east-1", state=world.state, port=None, progress=Progress(total=2))
    stacks.start()
    absent = stacks.absent(world.file, "end-to-end")
    stacks.deploy(world.file)
    present = stacks_in(world.state / "cdk.out")
    assert present is not None
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    undecided = settle(absent, present, Decision.ASK, was_known=True)
    output = capsys.readouterr()
    kept = settle(absent, present, Decision.KEEP, was_known=True)

    assert (undecided, kept) == (UNDECIDED_OR_LEFT, 0)
    assert "end-to-end-provisioned-throughput (us-east-1, UPDATE_ROLLBACK_COMPLETE): " in output.out
    assert re.search(r"an hour; end-to-end-reserve, 1 x amazon\.nova-micro-v1:0:128k, InService", output.out)
    assert "--remove-absent" in output.err
    assert "--keep-absent" in output.err
    assert "end-to-end-provisioned-throughput" in capsys.readouterr().out
    assert world.billed_by_the_hour() == ["end-to-end-reserve"]


def throughput_is_gone(world: World) -> None:
    assert world.served_by("support-bot").startswith("custom-model-deployment/")
    assert world.stacks() == names("end-to-end", *(SUFFIXES - {"provisioned-throughput"}))


def documents_are_kept(world: World) -> None:
    assert world.aws.client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"] == []
    buckets = [bucket["Name"] for bucket in world.aws.client("s3").list_buckets()["Buckets"]]
    assert len([name for name in buckets if "knowledgebasedocuments" in name]) == 1
    status, _ = world.aws.post("/retrieve", b'{"query": "limescale"}')
    assert status in range(400, 500)
    assert world.served_by("support-bot").startswith("custom-model-deployment/")


def budget_is_gone(world: World) -> None:
    account = world.aws.client("sts").get_caller_identity()["Account"]
    assert world.aws.client("budgets").describe_budgets(AccountId=account).get("Budgets", []) == []


def base_model_serves(world: World) -> None:
    """The API caches for 15 s what serves an alias; the deployment is gone, so it falls back at once."""
    assert world.served_by("support-bot") == "amazon.nova-micro-v1:0"
    bedrock = world.aws.client("bedrock")
    assert bedrock.list_custom_model_deployments()["modelDeploymentSummaries"] == []
    assert len(bedrock.list_custom_models()["modelSummaries"]) == 1  # paid for: kept
    buckets = [bucket["Name"] for bucket in world.aws.client("s3").list_buckets()["Buckets"]]
    assert any("training" in name for name in buckets)


def only_the_api_is_left(world: World) -> None:
    assert world.stacks() == names("end-to-end", "inference-api")


def renamed(world: World) -> None:
    assert world.stacks() == names("renamed", "inference-api")
    assert world.served_by("assistant") == "amazon.nova-lite-v1:0"


def moved(world: World) -> None:
    assert world.outputs["region"] == "us-west-2"
    assert world.stacks() == names("renamed", "inference-api")
    east = world.aws.in_region("us-east-1").client("cloudformation").describe_stacks()["Stacks"]
    assert [stack["StackName"] for stack in east] == ["CDKToolkit"]
    assert world.served_by("assistant") == "us.amazon.nova-lite-v1:0"


def nothing_is_left(world: World) -> None:
    assert world.stacks() == set()


ROWS: list[tuple[str, Callable[[str], str] | None, Callable[[World], None]]] = [
    ("provisioned throughput", None, throughput_is_gone),  # edited by the test above
    ("knowledge base", without("knowledge_base"), documents_are_kept),
    ("budget", without("budget"), budget_is_gone),
    ("training", without("training"), base_model_serves),
    ("model access", without("model_access"), only_the_api_is_left),
    ("rename", lambda text: text.replace('name = "end-to-end"', 'name = "renamed"'), renamed),
    (
        "region",
        lambda text: text.replace('region = "us-east-1"', 'region = "us-west-2"').replace(
            '"amazon.nova', '"us.amazon.nova'
        ),
        moved,
    ),
    ("inference API", without("inference_api"), nothing_is_left),
]


@pytest.mark.parametrize(("change", "holds"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_no_longer_in_the_file_is_removed(
    world: World,
    change: Callable[[str], str] | None,
    holds: Callable[[World], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    if change:
        world.edit(change)

    world.up()

    assert re.search(r"Deployed, but no longer in the file:\n.*\n.*in total .* an hour", capsys.readouterr().out)
    assert world.billed_by_the_hour() == []
    holds(world)


def test_another_run_finds_nothing_to_remove(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()

    world.up()

    assert "no longer in the file" not in capsys.readouterr().out
    assert time.monotonic() - begun < 30
