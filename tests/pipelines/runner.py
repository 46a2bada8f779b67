"""Runs a workflow of GitHub Actions on this machine: jobs by `needs` and `if`, matrices, and the shell of `run` steps.

Actions (`uses`) are played: checkout puts the job into the project's folder, artifacts are copied, the role that a job
takes is remembered and checked against the deployment's stack. Nothing of GitHub is called.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.pipelines.expressions import EXPRESSION, asks_status, evaluate, filled

SUCCESS, FAILURE, SKIPPED, WAITING = "success", "failure", "skipped", "waiting"
SHELL = ("bash", "--noprofile", "--norc", "-e", "-c")  # of GitHub, without its file
STEP_SECONDS = 300.0
ROLE = "WALK_ROLE"  # of the variables that a step gets with credentials
PLAYED = ("checkout", "setup-python", "configure-aws-credentials", "upload-artifact", "download-artifact")


Claims = Mapping[str, str]
Assume = Callable[[str, Claims], Mapping[str, str]]


class NotAuthorizedError(Exception):
    """When AWS gives the token no role."""


@dataclass
class Job:
    """What became of a job; of a matrix, of all its jobs. `ran`: its steps; `failed`: the first that failed."""

    result: str
    ran: list[str] = field(default_factory=list)
    failed: str = ""
    output: str = ""
    roles: list[str] = field(default_factory=list)


@dataclass
class Machine:
    """`project` is what checkout gives; `folder` is for artifacts and for jobs without it; `environ` of every step.

    `assume`: ARN of a role and the claims of a job's token -> variables of the later steps, or NotAuthorizedError.
    """

    project: Path
    folder: Path
    environ: Mapping[str, str]
    variables: Mapping[str, str]
    assume: Assume

    def run(
        self,
        file: Path,
        event: Mapping[str, Any],
        *,
        approved: tuple[str, ...] = (),
        earlier: Mapping[str, Job] | None = None,
    ) -> dict[str, Job]:
        """`approved`: environments that a reviewer approves. `earlier`: jobs that are not run again."""
        workflow = load(file)
        done: dict[str, Job] = {}
        for name, job in in_order(workflow["jobs"]):
            if earlier and name in earlier and earlier[name].result == SUCCESS:
                done[name] = earlier[name]
            else:
                done[name] = self._job(workflow, job, event, done, approved)
        return done

    def _job(
        self,
        workflow: Mapping[str, Any],
        job: Mapping[str, Any],
        event: Mapping[str, Any],
        done: Mapping[str, Job],
        approved: tuple[str, ...],
    ) -> Job:
        results = [done[name].result for name in listed(job.get("needs"))]
        good = all(result == SUCCESS for result in results)
        status = {"success": good, "failure": FAILURE in results, "always": True, "cancelled": False}
        needs = {name: {"result": item.result} for name, item in done.items()}
        context = {**event, "vars": self.variables, "needs": needs, "status": status}
        condition = str(job.get("if", "success()"))
        wanted = evaluate(_bare(condition), context)
        if not wanted or not (good or asks_status(condition)):
            return Job(SKIPPED)
        if job.get("environment") and job["environment"] not in approved:
            return Job(WAITING)
        found = Job(SUCCESS)
        for row in _matrix(job):
            self._steps({**workflow.get("env", {}), **job.get("env", {})}, job, {**context, "matrix": row}, found)
        return found

    def _steps(self, env: Mapping[str, Any], job: Mapping[str, Any], context: Mapping[str, Any], found: Job) -> None:
        folder = self.folder / "without-checkout"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        credentials: dict[str, str] = {}
        for step in job["steps"]:
            given = {**env, **step.get("env", {})}
            values = {name: filled(str(value), context) for name, value in given.items()}
            if "uses" in step:
                with_ = {name: filled(str(value), context) for name, value in step.get("with", {}).items()}
                try:
                    folder = self._play(step["uses"], with_, folder, claims(job, context), credentials)
                except NotAuthorizedError as error:
                    found.result, found.failed = FAILURE, f"credentials: {error}"
                    return
                continue
            found.ran.append(step["name"])
            done = self._shell(filled(step["run"], context), folder, {**values, **credentials})
            found.output += done.stdout
            if credentials:
                found.roles.append(credentials[ROLE])
            if done.returncode != 0:
                found.result, found.failed = FAILURE, f"{step['name']}: exit code {done.returncode}"
                return

    def _shell(self, script: str, folder: Path, env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*SHELL, script],
            cwd=folder,
            env={**self.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=STEP_SECONDS,
            check=False,
        )

    def _play(
        self, uses: str, with_: Mapping[str, str], folder: Path, token: Claims, credentials: dict[str, str]
    ) -> Path:
        """The folder of the steps that follow; adds to their `credentials`. Raises NotAuthorizedError."""
        action = uses.partition("@")[0].rpartition("/")[2]
        assert action in PLAYED, uses
        artifacts = self.folder / "artifacts"
        if action == "checkout":
            return self.project
        if action == "configure-aws-credentials":
            assert with_["aws-region"], with_
            credentials |= {ROLE: with_["role-to-assume"].rpartition("/")[2]}
            credentials |= self.assume(with_["role-to-assume"], token)
        if action == "upload-artifact":
            files = list(folder.glob(with_["path"]))
            assert files, with_
            for file in files:
                target = artifacts / with_["name"] / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, target)
        if action == "download-artifact":
            for file in artifacts.glob(f"{with_['pattern']}/*"):
                shutil.copy(file, folder)
        return folder


def claims(job: Mapping[str, Any], context: Mapping[str, Any]) -> Claims:
    """Of the job's OIDC token: its subject in the form with immutable ids."""
    github = context["github"]
    if job.get("environment"):
        end = f"environment:{job['environment']}"
    elif github.get("event", {}).get("pull_request"):
        end = "pull_request"
    else:
        end = f"ref:{github.get('ref')}"
    owner, _, name = str(github.get("repository", "")).partition("/")
    subject = f"repo:{owner}@{github.get('owner_id')}/{name}@{github.get('repository_id')}:{end}"
    named = {name: str(github[name]) for name in ("ref", "repository_id") if name in github}
    return {"aud": "sts.amazonaws.com", "sub": subject, **named}


def load(file: Path) -> dict[str, Any]:
    """YAML 1.1 reads `on` as true."""
    found: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in found.items()}


def in_order(jobs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each after what it needs. Raises AssertionError for a circle or an unknown job."""
    left, done = dict(jobs), set[str]()
    while left:
        ready = [name for name, job in left.items() if done >= set(listed(job.get("needs")))]
        assert ready, f"these jobs need each other, or one that is not there: {', '.join(left)}"
        for name in ready:
            yield name, left.pop(name)
            done.add(name)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _matrix(job: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(job.get("strategy", {}).get("matrix", {}).get("include", [{}]))


def _bare(condition: str) -> str:
    found = EXPRESSION.fullmatch(condition.strip())
    return found[1].strip() if found else condition
