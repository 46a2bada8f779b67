"""Starts an embedded AWS, and bootstraps, deploys and destroys stacks on it with the CDK CLI."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billed_resources.listing import Clients as BilledClients
from billed_resources.listing import clients_of
from billed_resources.stack_removal import Waiting
from deployment.config import DeploymentConfig
from kit.cdk_cli import EMBEDDED_CONTEXT, run_cdk
from kit.deploy.absent import Absent, Decision, settle
from kit.deploy.assembly import forget, stacks_in
from kit.deploy.history import History, Place
from kit.deploy.throughput_consent import look_at_throughput, may_deploy
from kit.progress import Progress
from kit_contract.api_keys import KIT_STAGE, hash_of, read_current, read_managed
from kit_contract.errors import ExternalError
from kit_contract.stacks import API_KEY_SECRET_OUTPUT
from local_aws import emulator, guard
from local_aws.session import embedded_session

if TYPE_CHECKING:
    import boto3

if TYPE_CHECKING:
    import boto3

StackOutputs = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Api:
    """URL of the deployed inference API, and the first of its keys."""

    url: str
    key: str


class LocalStacks:
    """start() sets `environment` and `clients`, which reach this embedded AWS and nothing else."""

    def __init__(self, *, region: str, state: Path, port: int | None, progress: Progress) -> None:
        self._region = region
        self._state = state
        self._port = port
        self._assembly = state / "cdk.out"  # not cdk.out: the CLI locks it, and another run may be using it
        self._progress = progress
        self.environment: dict[str, str] = {}
        self.clients: Clients

    def start(self) -> emulator.EmbeddedAws:
        self._progress.step("Embedded AWS")
        aws = self._running()
        guard.require_embedded(aws.endpoint_url)
        self.environment = emulator.environment(aws)
        self._session = embedded_session(self._region)
        self.clients = Clients(self._session, aws.endpoint_url)
        return aws

    def bootstrap(self) -> None:
        self._progress.step("CDK bootstrap")
        stacks = self.clients("cloudformation").describe_stacks()["Stacks"]
        if any(stack["StackName"] == "CDKToolkit" for stack in stacks):
            self._progress.done("already bootstrapped")
            return
        account_and_region = f"aws://{self.environment['CDK_DEFAULT_ACCOUNT']}/{self._region}"
        # No app: the CLI would synthesize it, and take nothing from it.
        self._cdk(["bootstrap", account_and_region, "--app", ""], say=False)
        self._progress.done()

    def deploy(self, config: Path, *more: str) -> StackOutputs:
        """Deploy every stack of the file `config`; `more` are arguments of the CDK CLI. Raises ExternalError."""
        file = self._state / "stack-outputs.json"
        # --yes: a stack that is left in UPDATE_FAILED or UPDATE_ROLLBACK_FAILED is rolled back first.
        arguments = ["deploy", "--all", "--require-approval", "never", "--yes", "--outputs-file", str(file)]
        forget(self._assembly)
        try:
            self._cdk([*arguments, "--progress", "events", *self._app(config), *more])
        except ExternalError:
            if stacks_in(self._assembly) == set():  # the CLI calls an app without stacks a failure
                return {}
            raise
        outputs: StackOutputs = json.loads(file.read_text(encoding="utf-8"))
        return outputs

    def show_throughput(self, config: DeploymentConfig) -> None:
        """What the next deploy does with it; nothing is paid here. Raises InputError for what would be refused."""
        clients = self._billed_clients(self._region)
        may_deploy(look_at_throughput(config, clients, datetime.now(UTC), self._progress.line), accepted=True)

    def absent(self, path: Path, config: DeploymentConfig) -> Absent:
        """For `remove_absent` after the deploy. Records the deploy, which may be interrupted."""
        here = Place(emulator.ACCOUNT, self._region, config.deployment.name)
        history = History(self._state / "deployed.json", path, config.environment)
        history.add(here)
        return Absent(self._billed_clients, history, here, Waiting(self._progress.line, poll_seconds=0.2))

    def remove_absent(self, absent: Absent) -> None:
        """Without asking: everything here is on this machine."""
        settle(absent, stacks_in(self._assembly) or set(), Decision.REMOVE, was_known=True)

    def _billed_clients(self, region: str) -> BilledClients:
        return clients_of(self._session, region_name=region, endpoint_url=self.environment["AWS_ENDPOINT_URL"])

    def synth(self, config: Path) -> None:
        """Raises ExternalError with the faults of the file `config`."""
        self._cdk(["synth", "--quiet", *self._app(config)])

    def destroy(self, config: Path, stack: str) -> None:
        """Destroy this stack alone, not those that depend on it."""
        self._cdk(["destroy", stack, "--exclusively", "--force", *self._app(config)])

    def api(self, outputs: StackOutputs, last_key: str | None = None) -> Api:
        """For a deployment with [inference_api]. `last_key`: the one of the outputs of the last run."""
        merged = merged_outputs(outputs)
        url = f"{self.environment['AWS_ENDPOINT_URL']}/_aws/execute-api/{merged['ApiId']}/{merged['ApiStage']}/v1"
        return Api(url, _api_key(self.clients, merged[API_KEY_SECRET_OUTPUT], last_key))

    def _app(self, config: Path) -> list[str]:
        context = (f"config={config}", *EMBEDDED_CONTEXT)
        settings = [argument for value in context for argument in ("-c", value)]
        return ["--output", str(self._assembly), *settings]

    def _cdk(self, arguments: Sequence[str], *, say: bool = True) -> None:
        listener = {"on_line": self._progress.line} if say else {}
        run_cdk(arguments, environment=self.environment, log=self._state / "cdk.log", **listener)

    def _running(self) -> emulator.EmbeddedAws:
        aws = emulator.running(self._state)
        llm_url = os.environ.get("KIT_LLM_URL") or None
        if aws is None:
            aws = emulator.start(
                self._state,
                port=self._port,
                region=self._region,
                llm_url=llm_url,
                llm_model=os.environ.get("KIT_LLM_MODEL") or None,
            )
            self._progress.done(f"healthy on {aws.endpoint_url}, process {aws.pid}")
        elif self._port and self._port != aws.port:
            raise ExternalError(
                f"--port is {self._port}, but the embedded AWS runs on port {aws.port}; leave --port out, or run make "
                "down first"
            )
        elif llm_url and llm_url != aws.llm_url:
            raise ExternalError(
                f"KIT_LLM_URL is {llm_url}, but the embedded AWS was started with {aws.llm_url or 'none'} and reads it "
                "only when it starts; run make down, then make up"
            )
        else:
            self._progress.done(f"already running on {aws.endpoint_url}, process {aws.pid}")
        return aws


class Clients:
    """boto3 clients that can reach the embedded AWS only, one per service."""

    def __init__(self, session: "boto3.Session", endpoint_url: str) -> None:
        self._session = session
        self._endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self._endpoint_url)
        return self._clients[service]


def merged_outputs(outputs: StackOutputs) -> dict[str, str]:
    """The outputs of all stacks; their names do not collide."""
    return {key: value for stack in outputs.values() for key, value in stack.items()}


def _api_key(clients: Clients, secret_arn: str, last_key: str | None) -> str:
    """The last run's key if it is valid, else the one that the stack made. Raises ExternalError if neither is."""
    secrets = clients("secretsmanager")
    made = secrets.get_secret_value(SecretId=secret_arn)["SecretString"]
    current = read_current(made).keys
    valid = {key.sha256 for key in current.values()}
    with suppress(secrets.exceptions.ResourceNotFoundException):
        managed = secrets.get_secret_value(SecretId=secret_arn, VersionStage=KIT_STAGE)["SecretString"]
        valid = {key.sha256 for key in read_managed(managed).values()}
    candidates = [last_key, *(key.usage for key in current.values())]
    for key in candidates:
        if key and hash_of(key) in valid:
            return key
    raise ExternalError(
        "make up asks its questions with the key default, which was replaced or removed; make a new one: "
        "kit keys rotate default, or kit keys add default"
    )
