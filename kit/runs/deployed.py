"""Finds the training stack of a deployment, in your AWS account or in the embedded AWS."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployment.checks.account import check_account
from deployment.config import load_deployment_config
from kit.embedded_outputs import embedded_outputs
from kit.not_deployed import NotDeployedError
from kit.stack_outputs import stack_outputs
from kit_contract.errors import ExternalError
from kit_contract.stacks import TRAINING_BUCKET_OUTPUT, WORKFLOW_OUTPUT, training_stack
from local_aws.guard import require_real

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

MakeClient = Callable[[str], Any]


@dataclass(frozen=True)
class Deployed:
    """`name` is [deployment] name; `outputs` are those of its training stack."""

    name: str
    region: str
    outputs: dict[str, str]
    make_client: MakeClient
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def bedrock(self) -> "BedrockClient":
        client: BedrockClient = self.client("bedrock")
        return client

    @property
    def s3(self) -> "S3Client":
        client: S3Client = self.client("s3")
        return client

    @property
    def ssm(self) -> "SSMClient":
        client: SSMClient = self.client("ssm")
        return client

    @property
    def stepfunctions(self) -> "SFNClient":
        client: SFNClient = self.client("stepfunctions")
        return client

    @property
    def bucket(self) -> str:
        return self.output(TRAINING_BUCKET_OUTPUT)

    @property
    def state_machine_arn(self) -> str:
        return self.output(WORKFLOW_OUTPUT)

    def execution_arn(self, name: str) -> str:
        return f"{self.state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.make_client(service)
        return self._clients[service]

    def invoke(self, output: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of the function that the stack's `output` names. Raises ExternalError with its reason."""
        answer = self.client("lambda").invoke(FunctionName=self.output(output), Payload=json.dumps(event).encode())
        content = json.loads(answer["Payload"].read() or b"{}")
        if answer.get("FunctionError"):
            raise ExternalError(str(content.get("errorMessage", content)))
        return dict(content)

    def output(self, name: str) -> str:
        """Raises ExternalError."""
        if name not in self.outputs:
            stack = training_stack(self.name)
            raise ExternalError(
                f"stack {stack} has no output {name}; deploy it again with this version of the kit, or wait while it "
                "is being deployed"
            )
        return self.outputs[name]


def connect(config: Path, environment: str | None = None, *, local: bool) -> Deployed:
    """Raises KitError, and botocore's errors about credentials."""
    if local:
        embedded = embedded_outputs(config, environment)
        session, url = embedded.session, embedded.endpoint_url
        region = session.region_name
        return deployed(embedded.deployment, region, lambda service: session.client(service, endpoint_url=url))
    import boto3
    from botocore.config import Config

    require_real(os.environ)
    loaded = load_deployment_config(config, environment)
    session = boto3.Session(region_name=loaded.deployment.region)
    if loaded.deployment.account:
        check_account(loaded, session.client("sts").get_caller_identity()["Account"], config.name)
    # Bedrock's and Step Functions' limits are of the account: other people's commands use them up as well.
    patient = Config(max_pool_connections=16, retries={"mode": "standard", "total_max_attempts": 8})
    # The starter reads a whole dataset. A lost answer must not start it again.
    once = Config(read_timeout=900, retries={"mode": "standard", "total_max_attempts": 1})
    return deployed(
        loaded.deployment.name,
        loaded.deployment.region,
        lambda service: session.client(service, config=once if service == "lambda" else patient),
    )


def deployed(name: str, region: str, make_client: MakeClient) -> Deployed:
    stack = training_stack(name)
    outputs = stack_outputs(make_client("cloudformation"), stack)
    if outputs is None:
        raise NotDeployedError(stack, "[training]", ". Models that a removed stack left: kit reap")
    return Deployed(name, region, outputs, make_client)
