"""A project that `bedrock-kit init` makes from the wheel, on an embedded AWS, with the access of its pipeline."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bedrock_constructs.pipelines.trust import GITHUB_ISSUER
from kit.cdk_cli import EMBEDDED_CONTEXT
from kit.local.stacks import LocalStacks
from kit.progress import Progress
from kit_contract.places import PROJECT
from tests.distribution.installed import Installed
from tests.pipelines.runner import Claims, Job, Machine, NotAuthorizedError

FILE = """\
[deployment]
name = "walk"
region = "us-east-1"

[inference_api]
[inference_api.aliases.bot]
model = "amazon.nova-micro-v1:0"

[pipeline.github]
repository = "octo-org/octo-repo"
repository_id = "789012"
owner_id = "123456"

[environments.dev]
[environments.prod]
[environments.prod.pipeline.github]
branches = []
tags = ["v*"]
provider = "existing"
"""
TESTS = """\
import tomllib
import unittest
from pathlib import Path

class Test(unittest.TestCase):
    def test_the_model(self):
        file = tomllib.loads(Path("deployment.toml").read_text())
        self.assertIn("micro", file["inference_api"]["aliases"]["bot"]["model"])
"""


class PipelineWorld:
    def __init__(self, folder: Path) -> None:
        self.state, self.project = folder / "aws", folder / "project"
        self._github, self._calls = folder / "github.json", folder / "calls.txt"
        self._scratch = folder / "machine"
        self._kit = make_project(self.project)

    def start(self) -> None:
        self.local = LocalStacks(region="us-east-1", state=self.state, port=None, progress=Progress(total=9))
        self.local.start()
        self.local.bootstrap()
        context = dict(value.split("=") for value in EMBEDDED_CONTEXT)
        home = Path(self.local.environment["HOME"])
        (home / ".cdk.json").write_text(json.dumps({"context": context}), encoding="utf-8")  # of the user, to the CDK
        paths = [str(PROJECT / "tests" / "pipelines"), str(self._kit.bin), self.local.environment["PATH"]]
        environ = {
            **self.local.environment,
            "PATH": os.pathsep.join(paths),
            "PYTHONPATH": str(PROJECT / "tests" / "pipelines" / "recording"),
            "WALK_CALLS": str(self._calls),
            "GH_STATE": str(self._github),
            "GITHUB_SHA": "0" * 40,
        }
        names = [(role, name) for role in ("diff", "drift", "deploy") for name in ("dev", "prod")]
        roles = {
            f"AWS_{role.upper()}_ROLE_{name.upper()}": f"arn:aws:iam::000000000000:role/walk-{name}-github-{role}"
            for role, name in names
        }
        regions = {f"AWS_REGION_{name.upper()}": "us-east-1" for _, name in names}
        self.machine = Machine(self.project, self._scratch, environ, {**roles, **regions}, self._assume)
        for name in ("dev", "prod"):
            self._deploy_access(name, environ)

    def _deploy_access(self, environment: str, environ: dict[str, str]) -> None:
        """As an administrator does it."""
        command = [str(self._kit.bin / "bedrock-kit"), "pipeline", "access", "--environment", environment]
        shell = [*command, "--", "--require-approval", "never", "--yes"]
        done = subprocess.run(shell, cwd=self.project, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"gh variable set AWS_DEPLOY_ROLE_{environment.upper()}" in done.stdout

    def _assume(self, role: str, claims: Claims) -> dict[str, str]:
        parts = ({"alg": "none"}, {"iss": f"https://{GITHUB_ISSUER}", **claims})
        texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        token = ".".join([*texts, "unsigned"])
        sts = self.local.clients("sts")
        try:
            answer = sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="walk", WebIdentityToken=token)
        except sts.exceptions.ClientError as error:
            raise NotAuthorizedError(str(error)) from None
        found = answer["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
            "AWS_SESSION_TOKEN": found["SessionToken"],
        }

    def write(self, text: str) -> None:
        (self.project / "deployment.toml").write_text(text, encoding="utf-8")

    def run(self, workflow: str, event: dict[str, Any], **more: Any) -> dict[str, Job]:
        if "earlier" not in more:  # jobs that are run again find those of the others
            shutil.rmtree(self._scratch / "artifacts", ignore_errors=True)
        return self.machine.run(self.project / ".github" / "workflows" / workflow, event, **more)

    def stacks(self) -> dict[str, str]:
        found = self.local.clients("cloudformation").describe_stacks()["Stacks"]
        names = {item["StackName"]: item["StackStatus"] for item in found}
        return {name: status for name, status in names.items() if name != "CDKToolkit" and "access" not in name}

    def github(self) -> dict[str, Any]:
        if not self._github.exists():
            return {"issue": [], "comment": []}
        found: dict[str, Any] = json.loads(self._github.read_text(encoding="utf-8"))
        return found

    def calls(self) -> list[str]:
        return sorted(set(self._calls.read_text(encoding="utf-8").splitlines())) if self._calls.exists() else []


def make_project(folder: Path) -> Installed:
    """What `bedrock-kit init` makes from the wheel, with a small file; test_own_project.py runs its own tests."""
    kit = Installed(folder.parent)
    kit.run("bedrock-kit", "init", folder.name, "--name", "walk", "--pipeline", "github", cwd=folder.parent)
    (folder / "node_modules").symlink_to((PROJECT / "node_modules").resolve())
    for name in ("pip", "npm"):  # of the step `install`: what they bring is there
        _script(kit.bin / name, "")
    _script(kit.bin / "pytest", f'exec {kit.bin}/python -m pytest "$@"\n')
    for name in ("conftest.py", "test_stacks.py"):
        (folder / "tests" / name).unlink()
    (folder / "tests" / "test_own.py").write_text(TESTS, encoding="utf-8")
    (folder / "deployment.toml").write_text(FILE, encoding="utf-8")
    return kit


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o755)
