"""The steps of `kit local up`: start the embedded AWS, deploy with the CDK CLI, train, ingest, ask, summarize."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from billed_resources.kept_models import kept_models_lines, kept_models_of
from billed_resources.listing import clients as billed_clients
from deployment.config import DeploymentConfig
from deployment.datasets import prepare_datasets
from kit.cdk_cli import environment_arguments
from kit.deleted_resources import generation_arguments
from kit.deploy.record import write_price
from kit.local import questions
from kit.local.elsewhere import add_sources
from kit.local.following import follow_training
from kit.local.following_ingestion import follow_ingestion
from kit.local.stacks import Clients, LocalStacks, StackOutputs, merged_outputs
from kit.local.summary import print_summary
from kit.local.watch import ended_with
from kit.missing_documents import restoring_arguments
from kit.progress import Progress
from kit.training_deploy import not_served, training_arguments
from kit.training_look import time_of_look
from kit_contract.counted import counted
from kit_contract.errors import ExternalError
from kit_contract.parameters import alias_capacity, alias_serving
from kit_contract.stacks import KNOWLEDGE_BASE_ID_OUTPUT
from local_aws.private_files import write_private


class LocalRun:
    """One run. Running it again changes only what differs: nothing is trained twice, no resource is replaced."""

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
        stacks = LocalStacks(
            region=self._config.deployment.region, state=self._state, port=self._port, progress=self._progress
        )
        with ended_with(stacks.start()):
            return self._deploy(stacks, begun)

    def _deploy(self, stacks: LocalStacks, begun: datetime) -> dict[str, Any]:
        stacks.bootstrap()
        self._progress.step("cdk deploy")
        stacks.show_throughput(self._config)
        absent = stacks.absent(self._path, self._config)
        restoring = restoring_arguments(self._config, stacks.clients, self._progress.line)
        again = generation_arguments(self._config, stacks.clients, self._progress.line)
        add_sources(self._config, stacks.environment["AWS_ENDPOINT_URL"])
        customizations = self._config.training.customizations if self._config.training else ()
        # Training costs nothing here: what was deleted by hand is trained again.
        look = time_of_look(self._config, stacks.clients, begun, self._progress.line)
        chosen = environment_arguments(self._config.environment)
        looking = training_arguments(look, retrain=customizations, retry_failed=True)
        stack_outputs = stacks.deploy(self._path, *chosen, *restoring, *again, *looking)
        failed = not_served(self._config.custom_models, merged_outputs(stack_outputs))
        if failed:
            raise ExternalError("\n".join(f"{name} does not serve: {reason}" for name, reason in failed.items()))
        write_price(stacks.clients("ssm"), self._config, datetime.now(UTC))  # for the next `kit diff --local`
        stacks.remove_absent(absent)
        self._progress.done()
        follow_training(self._config, stack_outputs, stacks.clients, self._progress, since=begun)
        follow_ingestion(self._config, stack_outputs, stacks.clients, self._progress)
        outputs = self._write_outputs(stack_outputs, stacks)
        self._progress.step("Questions through the deployed API")
        answers = questions.ask(self._config, outputs, self._progress)
        self._progress.step("Summary")
        print_summary(self._config, self._path, outputs, answers)
        self._print_kept_models(stacks.clients)
        return outputs

    def _print_kept_models(self, clients: Clients) -> None:
        region = self._config.deployment.region
        models = kept_models_of(self._config.deployment.name, billed_clients(clients), region, datetime.now(UTC))
        if lines := kept_models_lines(models, region):
            print("\n" + "\n".join(lines))

    def _check_data(self) -> None:
        self._progress.step("Data check")
        datasets = prepare_datasets(self._config)
        for name in self._config.customizations:
            dataset = datasets[name]
            valid = f"{counted(dataset.records, 'record')} in {dataset.limits.record_format} format, all valid"
            self._progress.line(f"{name}: {valid if dataset.file_name else 'in S3, read and checked at the deploy'}")

    def _write_outputs(self, stack_outputs: StackOutputs, stacks: LocalStacks) -> dict[str, Any]:
        merged = merged_outputs(stack_outputs)
        name = self._config.deployment.name
        outputs: dict[str, Any] = {
            "endpoint_url": stacks.environment["AWS_ENDPOINT_URL"],
            "region": self._config.deployment.region,
            "deployment": name,
            "api_url": None,
            "api_key": None,
            "aliases": {},
            "knowledge_base_id": merged.get(KNOWLEDGE_BASE_ID_OUTPUT),
            "knowledge_bases": {
                name: item.existing or merged[f"{self._config.knowledge_base_key(name)}{KNOWLEDGE_BASE_ID_OUTPUT}"]
                for name, item in self._config.all_knowledge_bases.items()
            },
            "documents_bucket": merged.get("DocumentsBucket"),
            "training_bucket": merged.get("TrainingBucket"),
            "workflow_arn": merged.get("WorkflowArn"),
        }
        if self._config.inference_api:
            api = stacks.api(stack_outputs, self._last_key())
            outputs["api_url"], outputs["api_key"] = api.url, api.key
            outputs["aliases"] = _aliases(self._config, stacks.clients)
        write_private(self._outputs, json.dumps(outputs, indent=2) + "\n")
        return outputs

    def _last_key(self) -> str | None:
        try:
            key = json.loads(self._outputs.read_text(encoding="utf-8")).get("api_key")
        except (OSError, ValueError):
            return None
        return key if isinstance(key, str) else None


def _aliases(config: DeploymentConfig, clients: Clients) -> dict[str, str]:
    """Alias -> what serves it now: provisioned throughput, else the promoted deployment, else its foundation model."""
    assert config.inference_api
    targets = {}
    for alias, base in config.inference_api.aliases.items():
        names = [alias_capacity(config.deployment.name, alias), alias_serving(config.deployment.name, alias)]
        found = {item["Name"]: item["Value"] for item in clients("ssm").get_parameters(Names=names)["Parameters"]}
        first = next((found[name] for name in names if name in found), None)
        # A first model in its canary: the base model serves the others.
        targets[alias] = json.loads(first).get("target_arn", base.model) if first else base.model
    return targets
