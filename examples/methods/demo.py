"""The steps of the demo: what each method costs, one deploy that trains them all, and a table of the results."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from deployment.costs.external_models import external_model_groups
from deployment.costs.lines import total
from deployment.costs.training import training_groups
from deployment.datasets import CustomizationDataset, prepare_datasets
from deployment.sections.training import External
from examples.methods.results import Result, result_table
from kit.hint import EMBEDDED
from kit.local.elsewhere import add_sources
from kit.local.following import follow_training
from kit.local.stacks import LocalStacks, StackOutputs, merged_outputs
from kit.local.watch import ended_with
from kit.progress import Progress
from kit_contract.counted import counted
from kit_contract.model_arns import is_imported_model
from kit_contract.parameters import customization_promoted
from kit_contract.run_names import run_prefix
from kit_contract.stacks import run_execution_output

EXAMPLE = Path(__file__).parent / "deployment.toml"
FOLDED = "the time on the embedded AWS, whose jobs of hours take seconds; the cost is that on AWS, at list prices"


class MethodsDemo:
    """Runs once, on an embedded AWS in `state` that the caller stops. Writes `state`/summary.json."""

    def __init__(self, *, state: Path, port: int | None) -> None:
        self._progress = Progress(total=5, options=EMBEDDED)
        self._state = state
        self._config = load_deployment_config(EXAMPLE)
        region = self._config.deployment.region
        self._stacks = LocalStacks(region=region, state=state, port=port, progress=self._progress)

    def run(self) -> None:
        """Raises ExternalError if a method does not train."""
        with ended_with(self._stacks.start()):
            self._stacks.bootstrap()
            datasets = prepare_datasets(self._config)
            self._progress.step("cdk deploy")
            add_sources(self._config, self._stacks.environment["AWS_ENDPOINT_URL"])
            begun = datetime.now(UTC)
            outputs = self._stacks.deploy(EXAMPLE)
            self._progress.done()
            follow_training(self._config, outputs, self._stacks.clients, self._progress, since=begun)
            self._show(datasets, outputs)

    def _show(self, datasets: dict[str, CustomizationDataset], outputs: StackOutputs) -> None:
        self._progress.step("The methods")
        groups = training_groups(self._config, datasets)
        results = [
            self._result(name, datasets[name], total([group]), outputs)
            for name, group in zip(self._config.customizations, groups, strict=True)
        ]
        external = external_model_groups(self._config)
        results += [
            self._external(name, item, total([group]), outputs)
            for (name, item), group in zip(self._config.external_models.items(), external, strict=True)
        ]
        for line in result_table(results):
            self._progress.line(line)
        self._progress.done(FOLDED)
        (self._state / "summary.json").write_text(json.dumps([item._asdict() for item in results], indent=1))

    def _result(self, name: str, dataset: CustomizationDataset, cost: str, outputs: StackOutputs) -> Result:
        item, merged = self._config.customizations[name], merged_outputs(outputs)
        metrics = self._metrics(name, merged["TrainingBucket"])
        further = f" further from {item.base_customization}" if item.base_customization else ""
        reward = metrics.get("final_reward", {}).get("training")
        loss = metrics["final_loss"]["training"]
        return Result(
            method=item.method.lower().replace("_", " ") + further,
            base=item.base_model,
            data=counted(dataset.records, "record"),
            seconds=self._seconds(name, merged),
            cost=cost,
            result=f"loss {loss:.2f}" if reward is None else f"reward {reward:.2f}, loss {loss:.2f}",
        )

    def _external(self, name: str, item: External, cost: str, outputs: StackOutputs) -> Result:
        """No job of this deployment trained it, so there is no loss."""
        merged = merged_outputs(outputs)
        promoted = self._promoted(name)
        bedrock, arn = self._stacks.clients("bedrock"), promoted["custom_model_arn"]
        if is_imported_model(arn):  # it has no status
            base, status = bedrock.get_imported_model(modelIdentifier=arn)["modelArchitecture"], "imported"
        else:
            base, status = item.base_model, bedrock.get_custom_model(modelIdentifier=arn)["modelStatus"].lower()
        return Result(
            method=item.method.lower(),
            base=base,
            data="-",
            seconds=self._seconds(name, merged),
            cost=cost,
            result=f"{status}, promoted",
        )

    def _seconds(self, name: str, merged: dict[str, str]) -> float:
        execution = self._stacks.clients("stepfunctions").describe_execution(
            executionArn=merged[run_execution_output(name)]
        )
        return float(round((execution["stopDate"] - execution["startDate"]).total_seconds(), 1))

    def _promoted(self, name: str) -> dict[str, Any]:
        found = self._stacks.clients("ssm").get_parameter(Name=customization_promoted("methods", name))
        value: dict[str, Any] = json.loads(found["Parameter"]["Value"])
        return value

    def _metrics(self, name: str, bucket: str) -> dict[str, Any]:
        run = self._promoted(name)["run_id"]
        found = self._stacks.clients("s3").get_object(Bucket=bucket, Key=f"{run_prefix(name, run)}metrics.json")
        metrics: dict[str, Any] = json.loads(found["Body"].read())
        return metrics
