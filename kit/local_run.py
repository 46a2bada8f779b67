"""`kit local up`: set up the embedded AWS, deploy with the real CDK CLI, follow the training, ask, and sum up."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from kit import local_questions
from kit.cdk_cli import run_cdk
from kit.local_following import follow_ingestion, follow_training
from kit.local_summary import print_summary
from kit.progress import Progress
from local_aws import emulator, guard
from stacks.customization_dataset import prepare_datasets
from stacks.deployment_config import DeploymentConfig


class LocalRun:
    """One run. Running it again converges: a hash that was trained is not trained again, no resource is replaced."""

    def __init__(self, config: DeploymentConfig, path: Path, *, state: Path, outputs: Path, port: int | None) -> None:
        self._config = config
        self._path = path
        self._state = state
        self._outputs = outputs
        self._port = port
        self._progress = Progress(total=8)

    def up(self) -> dict[str, Any]:
        begun = datetime.now(UTC)
        self._check_data()
        aws = self._start()
        environment = emulator.environment(aws)
        session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=self._config.deployment.region,
        )
        clients = Clients(session, aws.endpoint_url)
        self._bootstrap(environment, clients)
        stack_outputs = self._deploy(environment)
        follow_training(self._config, stack_outputs, clients, self._progress, since=begun)
        follow_ingestion(self._config, stack_outputs, clients, self._progress)
        outputs = self._write_outputs(stack_outputs, clients, aws.endpoint_url)
        self._progress.step("Questions through the deployed API")
        answers = local_questions.ask(self._config, outputs, self._progress)
        self._progress.step("Summary")
        print_summary(self._config, outputs, answers)
        return outputs

    def _check_data(self) -> None:
        self._progress.step("Data check")
        for name, dataset in prepare_datasets(self._config).items():
            self._progress.line(f"{name}: {dataset.records} records in {dataset.record_format} format, every one valid")

    def _start(self) -> emulator.EmbeddedAws:
        self._progress.step("Embedded AWS")
        aws = emulator.running(self._state)
        llm_url = os.environ.get("KIT_LLM_URL") or None
        if aws is None:
            aws = emulator.start(
                self._state,
                port=self._port,
                region=self._config.deployment.region,
                llm_url=llm_url,
                llm_model=os.environ.get("KIT_LLM_MODEL") or None,
            )
            self._progress.done(f"healthy on {aws.endpoint_url}, process {aws.pid}")
        elif llm_url and llm_url != aws.llm_url:
            raise emulator.EmulatorError(
                f"KIT_LLM_URL is {llm_url}, but the embedded AWS was started with {aws.llm_url or 'none'} and reads it "
                "at its start only; run make down first, then this again"
            )
        else:
            self._progress.done(f"already running on {aws.endpoint_url}, process {aws.pid}")
        guard.require_embedded(aws.endpoint_url)
        return aws

    def _bootstrap(self, environment: dict[str, str], clients: "Clients") -> None:
        self._progress.step("CDK bootstrap")
        stacks = clients("cloudformation").describe_stacks()["Stacks"]
        if any(stack["StackName"] == "CDKToolkit" for stack in stacks):
            self._progress.done("already bootstrapped")
            return
        account_and_region = f"aws://{environment['CDK_DEFAULT_ACCOUNT']}/{self._config.deployment.region}"
        run_cdk(["bootstrap", account_and_region], environment=environment, log=self._state / "cdk.log")
        self._progress.done()

    def _deploy(self, environment: dict[str, str]) -> dict[str, dict[str, str]]:
        self._progress.step("cdk deploy")
        file = self._state / "stack-outputs.json"
        arguments = ["deploy", "--all", "--require-approval", "never", "--outputs-file", str(file)]
        arguments += ["--progress", "events", "--output", str(self._state / "cdk.out")]
        arguments += ["-c", f"config={self._path}", "-c", "custom_resource_query_seconds=1"]
        arguments += ["-c", "ingestion_batching_seconds=1"]
        run_cdk(arguments, environment=environment, log=self._state / "cdk.log", on_line=self._progress.line)
        self._progress.done()
        outputs: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
        return outputs

    def _write_outputs(
        self, stack_outputs: dict[str, dict[str, str]], clients: "Clients", endpoint_url: str
    ) -> dict[str, Any]:
        merged = {key: value for outputs in stack_outputs.values() for key, value in outputs.items()}
        name = self._config.deployment.name
        outputs: dict[str, Any] = {
            "endpoint_url": endpoint_url,
            "region": self._config.deployment.region,
            "deployment": name,
            "api_url": None,
            "api_key": None,
            "aliases": {},
            "knowledge_base_id": merged.get("KnowledgeBaseId"),
            "documents_bucket": merged.get("DocumentsBucket"),
            "training_bucket": merged.get("TrainingBucket"),
            "workflow_arn": merged.get("WorkflowArn"),
        }
        if self._config.inference_api:
            stage = f"/_aws/execute-api/{merged['ApiId']}/{merged['ApiStage']}"
            outputs["api_url"] = f"{endpoint_url}{stage}/v1"
            outputs["api_key"] = _api_key(clients, merged["ApiKeySecretArn"])
            outputs["aliases"] = _aliases(self._config, clients)
        self._outputs.write_text(json.dumps(outputs, indent=2) + "\n", encoding="utf-8")
        self._outputs.chmod(0o600)
        return outputs


class Clients:
    """boto3 clients that can reach the embedded AWS only, one per service."""

    def __init__(self, session: boto3.Session, endpoint_url: str) -> None:
        self._session = session
        self._endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self._endpoint_url)
        return self._clients[service]


def _api_key(clients: Clients, secret_arn: str) -> str:
    secret = clients("secretsmanager").get_secret_value(SecretId=secret_arn)["SecretString"]
    try:
        keys: dict[str, str] = json.loads(secret)["keys"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return str(secret)
    return next(iter(keys.values()))


def _aliases(config: DeploymentConfig, clients: Clients) -> dict[str, str]:
    """Alias -> what serves it now: provisioned throughput, the promoted deployment, else its own foundation model."""
    assert config.inference_api
    targets = {}
    for alias, base in config.inference_api.aliases.items():
        names = [f"/bedrock-kit/{config.deployment.name}/aliases/{alias}/{leaf}" for leaf in ("capacity", "serving")]
        found = {item["Name"]: item["Value"] for item in clients("ssm").get_parameters(Names=names)["Parameters"]}
        first = next((found[name] for name in names if name in found), None)
        targets[alias] = json.loads(first)["target_arn"] if first else base.model
    return targets
