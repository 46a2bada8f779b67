"""The record of a deploy in Systems Manager: who deployed what, when, and what they agreed to.

Each deploy is a version of one parameter, so `aws ssm get-parameter-history` has the last hundred; CloudTrail has the
calls. https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployment.config import DeploymentConfig
from kit.deploy.effects.prices import Price, from_json, price_of, to_json
from kit_contract.aws_errors import code_of
from kit_contract.parameters import deploy_record

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

BEGUN, DEPLOYED, FAILED = "begun", "deployed", "failed"
# What a CI system says of the run that deploys: GitHub Actions, GitLab CI, CodeBuild.
RUN = ("CI_PIPELINE_URL", "CODEBUILD_BUILD_ARN")
COMMIT = ("GITHUB_SHA", "CI_COMMIT_SHA", "CODEBUILD_RESOLVED_SOURCE_VERSION")


@dataclass(frozen=True)
class Record:
    """`accepted`: the kinds that `by` agreed to; `effects`: how many of each kind there are; `digest`: of all of them.

    `price` is that of the configuration that is deployed.
    """

    by: str
    accepted: str
    effects: Mapping[str, int]
    digest: str
    price: Price
    commit: str
    run: str

    def to_json(self, state: str, at: datetime) -> dict[str, Any]:
        value: dict[str, Any] = {"state": state, "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "by": self.by}
        effects = dict(self.effects)
        consent = {"accepted": self.accepted, "effects": effects, "digest": self.digest if effects else ""}
        more = {**consent, "commit": self.commit, "run": self.run}
        return value | {key: item for key, item in more.items() if item} | {"price": to_json(self.price)}


def write_record(ssm: "SSMClient", kit_deployment: str, record: Record, state: str, at: datetime) -> None:
    """Raises botocore's errors."""
    text = json.dumps(record.to_json(state, at), separators=(",", ":"))
    ssm.put_parameter(Name=deploy_record(kit_deployment), Value=text, Type="String", Overwrite=True)


def write_price(ssm: "SSMClient", config: DeploymentConfig, at: datetime) -> None:
    """Of a deploy that asks nobody, on the embedded AWS. Raises botocore's errors."""
    record = Record(by="kit local up", accepted="", effects={}, digest="", price=price_of(config), commit="", run="")
    write_record(ssm, config.deployment.name, record, DEPLOYED, at)


def deployed_price(ssm: "SSMClient", kit_deployment: str) -> Price | None:
    """Of the last deploy that was done with `kit deploy` or `kit local up` and succeeded. Raises botocore's errors."""
    try:
        pages = ssm.get_paginator("get_parameter_history").paginate(Name=deploy_record(kit_deployment))
        values = [_read(item["Value"]) for page in pages for item in page["Parameters"]]
    except ssm.exceptions.ClientError as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return None
    prices = [from_json(value.get("price")) for value in values if value.get("state") == DEPLOYED]
    return prices[-1] if prices else None


def commit_of(folder: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The commit that CI names, or the one of the folder, with `-dirty` after changes; empty without Git."""
    if named := next((environ[name] for name in COMMIT if environ.get(name)), ""):
        return named
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def run_of_ci(environ: Mapping[str, str] = os.environ) -> str:
    if environ.get("GITHUB_RUN_ID"):
        project = f"{environ.get('GITHUB_SERVER_URL', '')}/{environ.get('GITHUB_REPOSITORY', '')}"
        return f"{project}/actions/runs/{environ['GITHUB_RUN_ID']}"
    return next((environ[name] for name in RUN if environ.get(name)), "")


def _read(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
