"""Steps of a pipeline's life: the workflows that `kit pipeline workflows github` writes, run in a project's folder.

Their own shell runs, on an embedded AWS that stands for the accounts of both environments. GitHub is played.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit_contract.parameters import inference_api_log
from local_aws import emulator
from tests.end_to_end.pipeline_world import FILE, PipelineWorld
from tests.pipelines.runner import SUCCESS, Job

PURCHASE = """
[environments.prod.provisioned_throughput.reserve]
model = "amazon.nova-micro-v1:0:128k"
accept_unknown_price = true
"""
OPERATIONS = """
[environments.prod.operations]
emails = ["owner@example.com"]
dashboard = false
"""
LEFT_OVER = inference_api_log("walk-prod")  # the API's stack makes it for [operations]


@contextmanager
def world(folder: Path) -> Iterator[PipelineWorld]:
    made = PipelineWorld(folder)
    try:
        made.start()
        yield made
    finally:
        emulator.stop(made.state)


def github(reference: str, **event: Any) -> dict[str, Any]:
    about: dict[str, Any] = {
        "repository": "octo-org/octo-repo",
        "repository_id": "789012",
        "owner_id": "123456",
        "ref": reference,
    }
    about |= {"token": "token", "event": event}
    return {"github": about, "inputs": {}}


PULL_REQUEST = github(
    "refs/pull/7/merge", pull_request={"number": 7, "head": {"repo": {"full_name": "octo-org/octo-repo"}}}
)
FORK = github("refs/pull/8/merge", pull_request={"number": 8, "head": {"repo": {"full_name": "other/octo-repo"}}})
CHECKED = {"check": Job(SUCCESS)}  # as in the merge before: it is the same job, and takes long
MAIN, TAG = github("refs/heads/main"), github("refs/tags/v1")


@dataclass(frozen=True)
class Seen:
    """`runs`: in their order. `github`: comments and issues. `calls`: of boto3 until now."""

    runs: list[dict[str, Job]]
    stacks: dict[str, str]
    github: dict[str, Any]
    calls: list[str]


def pull_request(world: PipelineWorld) -> Seen:
    """What is said once is said again in the same place. Then one of a fork."""
    world.write(FILE + PURCHASE)
    first = world.run("pull-request.yml", PULL_REQUEST)
    again = world.run("pull-request.yml", PULL_REQUEST, earlier={name: first[name] for name in ("check", "diff")})
    fork = world.run("pull-request.yml", FORK, earlier={"check": first["check"]})
    world.write(FILE)
    return seen(world, first, again, fork)


def refused_before_the_deploy(world: PipelineWorld) -> Seen:
    """An invalid setting fails the check, and another model the project's own tests."""
    world.write(FILE.replace('region = "us-east-1"', 'region = "mars"'))
    invalid = world.run("deploy-dev.yml", MAIN, approved=("dev",))
    world.write(FILE.replace("nova-micro-v1", "nova-lite-v1"))
    untested = world.run("deploy-dev.yml", MAIN, approved=("dev",))
    world.write(FILE)
    return seen(world, invalid, untested)


def merged(world: PipelineWorld) -> Seen:
    return seen(world, world.run("deploy-dev.yml", MAIN, approved=("dev",)))


def refused_purchase(world: PipelineWorld) -> Seen:
    """A tag waits for its approval; the approved deploy does not buy what nobody accepted. A branch gets no role."""
    world.write(FILE + PURCHASE)
    waiting = world.run("deploy-prod.yml", TAG, earlier=CHECKED)
    approved = world.run("deploy-prod.yml", TAG, approved=("prod",), earlier=waiting)
    branch = world.run("deploy-prod.yml", MAIN, approved=("prod",), earlier=waiting)
    return seen(world, waiting, approved, branch)


def failed_deploy(world: PipelineWorld) -> Seen:
    """A parameter that a stack makes is there already; and the night's look finds that something is missing."""
    world.write(FILE + OPERATIONS)
    world.local.clients("ssm").put_parameter(Name=LEFT_OVER, Value="left over", Type="String")
    failed = world.run("deploy-prod.yml", TAG, approved=("prod",), earlier=CHECKED)
    return seen(world, failed, world.run("nightly.yml", MAIN))


def approved(world: PipelineWorld) -> Seen:
    """The failed jobs again, after the cause was removed; and the night's look."""
    world.local.clients("ssm").delete_parameter(Name=LEFT_OVER)
    deployed = world.run("deploy-prod.yml", TAG, approved=("prod",), earlier=CHECKED)
    return seen(world, deployed, world.run("nightly.yml", MAIN))


def seen(world: PipelineWorld, *runs: dict[str, Job]) -> Seen:
    return Seen(list(runs), world.stacks(), world.github(), world.calls())


STEPS: dict[str, Callable[[PipelineWorld], Seen]] = {
    "pull request": pull_request,
    "refused before the deploy": refused_before_the_deploy,
    "merge": merged,
    "refused purchase": refused_purchase,
    "failed deploy": failed_deploy,
    "approved": approved,
}
