"""Calls the capacity function of a deployment, in your AWS account or in the embedded AWS."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployment.checks.account import check_account
from deployment.config import load_deployment_config
from kit.embedded_outputs import embedded_outputs
from kit.not_deployed import NotDeployedError
from kit.stack_outputs import stack_outputs
from kit_contract.errors import ExternalError
from kit_contract.run_names import bedrock_name
from kit_contract.stacks import CAPACITY_FUNCTION_OUTPUT, provisioned_throughput_stack
from local_aws.guard import require_real

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sts import STSClient


@dataclass(frozen=True)
class Clients:
    cloudformation: "CloudFormationClient"
    lambda_: "LambdaClient"
    sts: "STSClient"


class CapacityFunction:
    def __init__(self, clients: Clients, kit_deployment: str) -> None:
        self._clients = clients
        self._kit_deployment = kit_deployment
        self._name = self._find()

    def ask(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        """The function's report on each throughput. Raises ExternalError with the function's reason."""
        answer = self._clients.lambda_.invoke(FunctionName=self._name, Payload=json.dumps(event).encode())
        content = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            raise ExternalError(str((content or {}).get("errorMessage", content)))
        found: list[dict[str, Any]] = content["throughputs"]
        return found

    def decide(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        """Take the first step of a decision now; the function continues in the background."""
        who = self._clients.sts.get_caller_identity()["Arn"]
        found = self.ask({**event, "who": who, "wait": False})
        for step in found:
            onward = {"action": "reconcile", "name": step["name"]}
            self._clients.lambda_.invoke(
                FunctionName=self._name, InvocationType="Event", Payload=json.dumps(onward).encode()
            )
        return found

    def full_name(self, name: str) -> str:
        """The name in Bedrock: `name` with the deployment's name in front, unless it has it already."""
        starts = (f"{self._kit_deployment}-", f"{self._kit_deployment}_")
        return name if name.startswith(starts) else bedrock_name(self._kit_deployment, name)

    def _find(self) -> str:
        stack = provisioned_throughput_stack(self._kit_deployment)
        outputs = stack_outputs(self._clients.cloudformation, stack)
        if outputs is None:
            raise NotDeployedError(stack, "[provisioned_throughput.*]")
        if CAPACITY_FUNCTION_OUTPUT not in outputs:
            raise ExternalError(
                f"stack {stack} has no output {CAPACITY_FUNCTION_OUTPUT}; deploy it again with this version of the "
                "kit, or wait while it is being deployed"
            )
        return outputs[CAPACITY_FUNCTION_OUTPUT]


def connect(config: Path, environment: str | None = None, *, local: bool) -> CapacityFunction:
    """Raises KitError, and botocore's errors about credentials."""
    import boto3

    if not local:
        require_real(os.environ)
        loaded = load_deployment_config(config, environment)
        session = boto3.Session(region_name=loaded.deployment.region)
        if loaded.deployment.account:
            check_account(loaded, session.client("sts").get_caller_identity()["Account"], config.name)
        return _of(session, loaded.deployment.name, None)
    embedded = embedded_outputs(config, environment)
    return _of(embedded.session, embedded.deployment, embedded.endpoint_url)


def _of(session: Any, kit_deployment: str, endpoint_url: str | None) -> CapacityFunction:
    from botocore.config import Config

    # One attempt: a decision must not be made twice because its answer was lost.
    once = Config(read_timeout=120, retries={"mode": "standard", "total_max_attempts": 1})
    clients = Clients(
        cloudformation=session.client("cloudformation", endpoint_url=endpoint_url),
        lambda_=session.client("lambda", endpoint_url=endpoint_url, config=once),
        sts=session.client("sts", endpoint_url=endpoint_url),
    )
    return CapacityFunction(clients, kit_deployment)
