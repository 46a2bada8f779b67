"""An account that gives the answers of a test; botocore checks the parameters of each call and each answer."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from deployment.config import DeploymentConfig
from kit.verify.check import Check, Finding, run_check
from kit.verify.checks import CHECKS
from kit.verify.place import Place
from tests.deployment_file import SHIPPED

PROJECT = Path(__file__).resolve().parents[3]
ACCOUNT, REGION = "111122223333", "us-east-1"
Answer = Mapping[str, Any] | Exception | Callable[[dict[str, Any]], Mapping[str, Any]]


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class FakeAccount:
    """`answers`: operation -> what it answers or raises, or a function of its body. `calls`: what was called."""

    def __init__(self, **answers: Answer) -> None:
        identity = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/you", "UserId": "AIDA"}
        self.answers: dict[str, Answer] = {"GetCallerIdentity": identity, **answers}
        self.calls: list[str] = []

    def client(self, service: str) -> Any:
        made: Any = boto3.client(
            service,
            region_name=REGION,
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        made.meta.events.register("before-call", self._answer)
        return made

    def _answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        self.calls.append(model.name)
        answer = self.answers[model.name]
        if isinstance(answer, Exception):
            raise answer
        given = answer(params) if callable(answer) else answer
        validate_parameters(given, model.output_shape)
        return _Response(), dict(given)


class _Response:
    status_code = 200


def config(**sections: Any) -> DeploymentConfig:
    """The shipped file with these sections in place of its own; None removes one."""
    raw = tomllib.loads(SHIPPED)
    changed = {name: section for name, section in (raw | sections).items() if section is not None}
    return DeploymentConfig.model_validate(changed, context={"folder": PROJECT})


def check(name: str) -> Check:
    (found,) = [item for item in CHECKS if item.name == name]
    return found


def found_by(name: str, account: FakeAccount, given: DeploymentConfig | None = None) -> list[Finding]:
    """The findings of one check."""
    place = Place(given or config(), REGION, account.client)
    return list(run_check(check(name), place).findings)


def seen(name: str, account: FakeAccount, given: DeploymentConfig | None = None) -> list[tuple[str, str]]:
    """Subject and verdict of each finding."""
    return [(item.subject, item.verdict.value) for item in found_by(name, account, given)]
