"""A deployment with two customizations on an embedded AWS of its own: changed, broken by hand, deployed, looked at."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from billed_resources.kept_models import kept_models_lines, kept_models_of
from billed_resources.listing import clients as billed_clients
from deployment.config import load_deployment_config
from kit.local.following import follow_training
from kit.local.stacks import LocalStacks, merged_outputs
from kit.progress import Progress
from kit.training_deploy import not_served, training_arguments
from kit.training_look import time_of_look
from kit_contract.dataset_collection import bucket_and_key
from kit_contract.parameters import aliases_path
from kit_contract.stacks import CAPACITY_FUNCTION_OUTPUT
from local_aws import emulator
from tests.customization.aws import record
from tests.end_to_end.day_two_settings import IN_S3, REGION, Settings

SPEED = 0.25  # of Bedrock: jobs of four seconds take one


class Throughput(NamedTuple):
    """`model` is the name of the custom model that it serves."""

    arn: str
    name: str
    model: str


class DayTwo:
    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "aws"
        self.state.mkdir(parents=True, exist_ok=True)
        if not emulator.running(self.state):
            emulator.start(self.state, region=REGION, time_scale=SPEED)
        records = b"".join(
            record(f"What is {number}?", f"It is {number + 1}.") for number in range(110)
        )  # Llama asks for 100
        (folder / "records.jsonl").write_bytes(records)
        self.stacks = self.stacks_in(REGION)
        bucket, key = bucket_and_key(IN_S3)
        self.client("s3").create_bucket(Bucket=bucket)
        self.client("s3").put_object(Bucket=bucket, Key=f"{key}1.jsonl", Body=records)
        self.outputs: dict[str, str] = {}
        self.refused: dict[str, str] = {}

    def stacks_in(self, region: str) -> LocalStacks:
        stacks = LocalStacks(region=region, state=self.state, port=None, progress=Progress(total=100))
        stacks.start()
        stacks.bootstrap()
        return stacks

    def client(self, service: str) -> Any:
        return self.stacks.clients(service)

    def deploy(
        self,
        settings: Settings,
        *,
        retrain: tuple[str, ...] = (),
        plain: bool = False,
        more: Sequence[str] = (),
    ) -> None:
        """As `kit deploy` does it, or as plain `cdk deploy`; waits for what it started. `more`: for the CDK CLI."""
        path = self.folder / "deployment.toml"
        path.write_text(settings.text(), encoding="utf-8")
        begun = datetime.now(UTC)
        stacks = self.stacks if settings.region == REGION else self.stacks_in(settings.region)
        config = load_deployment_config(path)
        looking = [] if plain else training_arguments(time_of_look(config, stacks.clients, begun, print), retrain)
        found = stacks.deploy(path, *looking, *more)
        self.outputs = merged_outputs(found)
        assert config.training
        self.refused = not_served(config.training.customizations, self.outputs)
        if not self.refused:
            follow_training(config, found, stacks.clients, Progress(total=100), since=begun)

    def begin(self, settings: Settings) -> None:
        """A first deploy that does not wait for its training, but for the job to be there."""
        path = self.folder / "deployment.toml"
        path.write_text(settings.text(), encoding="utf-8")
        self.stacks.deploy(path)
        end = time.monotonic() + 30
        while not self.jobs():
            assert time.monotonic() < end, "no job began"
            time.sleep(0.2)

    def buy(self) -> None:
        """What the controller's next tick does once there is a model."""
        function = self.outputs[CAPACITY_FUNCTION_OUTPUT]
        payload = json.dumps({"action": "reconcile", "who": "a test"}).encode()
        answer = self.client("lambda").invoke(FunctionName=function, Payload=payload)
        assert "FunctionError" not in answer, answer["Payload"].read()

    # What is there

    def jobs(self) -> int:
        return len(self.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"])

    def serving(self, deployment: str = "day-two", client: Callable[[str], Any] | None = None) -> dict[str, str]:
        """Alias -> name of the custom model that Bedrock has behind the alias's target; nothing for a dead target."""
        made = client or self.client
        pages = made("ssm").get_parameters_by_path(Path=aliases_path(deployment), Recursive=True)["Parameters"]
        found = {}
        for parameter in pages:
            target = json.loads(parameter["Value"])["target_arn"]
            found[parameter["Name"].split("/")[-2]] = self._model_behind(made("bedrock"), target)
        return found

    @staticmethod
    def _model_behind(bedrock: Any, target: str) -> str:
        try:
            model = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=target)["modelArn"]
        except bedrock.exceptions.ResourceNotFoundException:
            return "nothing"
        return str(bedrock.get_custom_model(modelIdentifier=model)["modelName"])

    def deployments(self) -> list[str]:
        found = self.client("bedrock").list_custom_model_deployments()["modelDeploymentSummaries"]
        return sorted(item["customModelDeploymentName"] for item in found)

    def throughputs(self) -> list[Throughput]:
        bedrock = self.client("bedrock")
        found = bedrock.list_provisioned_model_throughputs()["provisionedModelSummaries"]
        return [
            Throughput(
                item["provisionedModelArn"],
                item["provisionedModelName"],
                bedrock.get_custom_model(modelIdentifier=item["modelArn"])["modelName"],
            )
            for item in found
        ]

    def roles(self) -> dict[str, str]:
        """Roles of the deployment's training stacks -> who may assume them; IAM is global."""
        pages = self.client("iam").get_paginator("list_roles").paginate()
        roles = [role for page in pages for role in page["Roles"] if role["RoleName"].startswith("day-two-training")]
        return {role["RoleName"]: json.dumps(role["AssumeRolePolicyDocument"], sort_keys=True) for role in roles}

    def model(self, epochs: int) -> str:
        """The name of the model of `support` with so many epochs."""
        (name,) = [
            item["modelName"]
            for item in self.client("bedrock").list_custom_models(nameContains="day-two-support")["modelSummaries"]
            if self._epochs(item["modelArn"]) == epochs
        ]
        return str(name)

    def _epochs(self, arn: str) -> int:
        return int(self.client("bedrock").get_custom_model(modelIdentifier=arn)["hyperParameters"]["epochCount"])

    def kept(self) -> list[str]:
        models = kept_models_of("day-two", billed_clients(self.client), REGION, datetime.now(UTC))
        return kept_models_lines(models, REGION)

    # What people delete by hand

    def delete_parameter(self) -> None:
        self.client("ssm").delete_parameter(Name=f"{aliases_path('day-two')}/bot/serving")

    def delete_deployment(self) -> None:
        """And wait until it is gone."""
        bedrock = self.client("bedrock")
        bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier="day-two-support")
        for _ in range(100):
            if "day-two-support" not in self.deployments():
                return
            time.sleep(0.1)
        raise AssertionError("the deployment is still being deleted")

    def delete_model(self) -> None:
        self.delete_deployment()
        self.client("bedrock").delete_custom_model(modelIdentifier=self.model(2))

    def delete_data(self) -> None:
        bucket = self.outputs["TrainingBucket"]
        for item in self.client("s3").list_objects_v2(Bucket=bucket, Prefix="data/support/")["Contents"]:
            self.client("s3").delete_object(Bucket=bucket, Key=item["Key"])
