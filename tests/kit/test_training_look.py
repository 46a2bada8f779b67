"""A deploy looks at what serves only where something is not as the last one left it."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployment.config import DeploymentConfig, load_deployment_config
from kit.training_look import time_of_look
from kit_contract.stacks import COLLECTOR_OUTPUT, LOOK_OUTPUT
from tests.deployment_file import shipped_config

NOW = datetime(2026, 11, 27, tzinfo=UTC)
RUN, MODEL, TARGET = "0123456789abcdef", "the-model", "the-deployment"
SERVING = "/bedrock-kit/support-assistant/aliases/support-bot/serving"
PROMOTED = "/bedrock-kit/support-assistant/customizations/support/promoted"
MANIFEST, DATA = ".bedrock-kit/SupportData-0.json", "data/support/1.jsonl"
EARLIER = "2026-11-01T00:00:00.000000Z"


class Aws:
    """Stands for every client: after a deploy whose run was promoted."""

    def __init__(self) -> None:
        execution = f"a:states:execution:workflow:support-{RUN}"
        self.outputs = {"TrainingBucket": "bucket", "SupportExecution": execution}
        self.deployed = True
        self.execution = "SUCCEEDED"
        self.parameters: dict[str, Any] = {
            PROMOTED: {"run_id": RUN, "custom_model_arn": MODEL},
            SERVING: {"run_id": RUN, "custom_model_arn": MODEL, "target_arn": TARGET},
        }
        self.served: dict[str, Any] = {TARGET: {"status": "Active", "modelArn": MODEL}}
        self.models: dict[str, Any] = {MODEL: {"modelStatus": "Active"}}
        self.keys = [MANIFEST, DATA]
        self.denied = ""

    def __call__(self, _: str) -> "Aws":
        return self

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        assert StackName == "support-assistant-training"
        if not self.deployed:
            raise _error("ValidationError", "Stack with id support-assistant-training does not exist")
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]
        return {"Stacks": [{"Outputs": outputs}]}

    def describe_execution(self, executionArn: str) -> dict[str, str]:
        return {"status": self.execution}

    def get_parameter(self, Name: str) -> dict[str, Any]:
        return {"Parameter": {"Value": json.dumps(self._found(self.parameters, Name, "ParameterNotFound"))}}

    def get_custom_model_deployment(self, customModelDeploymentIdentifier: str) -> Any:
        return self._found(self.served, customModelDeploymentIdentifier)

    def get_custom_model(self, modelIdentifier: str) -> Any:
        return self._found(self.models, modelIdentifier)

    def get_imported_model(self, modelIdentifier: str) -> Any:
        return self._found(self.models, modelIdentifier)

    def get_paginator(self, name: str) -> "Aws":
        assert name == "list_objects_v2"
        return self

    def paginate(self, Prefix: str, **_: str) -> list[dict[str, Any]]:
        return [{"Contents": [{"Key": key} for key in self.keys if key.startswith(Prefix)]}]

    def get_object(self, **_: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(json.dumps({"objects": {DATA: "0"}}).encode())}

    def _found(self, kind: dict[str, Any], name: str, code: str = "ResourceNotFoundException") -> Any:
        if self.denied and self.denied in name:
            raise _error("AccessDeniedException", "no")
        if name not in kind:
            raise _error(code, name)
        return kind[name]

    def look(self, config: DeploymentConfig | None = None) -> tuple[str | None, list[str]]:
        said: list[str] = []
        return time_of_look(config or shipped_config(), self, NOW, said.append), said


def _error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Any")


CHANGES: dict[str, Callable[[Aws], Any]] = {
    "data deleted": lambda aws: aws.keys.remove(DATA),
    "alias's parameter deleted": lambda aws: aws.parameters.pop(SERVING),
    "promoted parameter deleted": lambda aws: aws.parameters.pop(PROMOTED),
    "another run promoted": lambda aws: aws.parameters[PROMOTED].update(run_id="fedcba9876543210"),
    "another model behind the alias": lambda aws: aws.parameters[SERVING].update(custom_model_arn="another"),
    "deployment deleted": lambda aws: aws.served.pop(TARGET),
    "deployment of another model": lambda aws: aws.served[TARGET].update(modelArn="another"),
    "deployment failed": lambda aws: aws.served[TARGET].update(status="Failed"),
    "model deleted": lambda aws: aws.models.pop(MODEL),
    "no execution": lambda aws: aws.outputs.update(SupportExecution="none"),
    "data in S3": lambda aws: aws.outputs.update({COLLECTOR_OUTPUT: "role"}),
    "not allowed to look": lambda aws: setattr(aws, "denied", "serving"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_without_the_template_is_looked_at(change: str) -> None:
    aws = Aws()
    CHANGES[change](aws)

    time, said = aws.look()

    assert time == "2026-11-27T00:00:00.000000Z"
    assert said[0].startswith("training: the starter looks, because ")


@pytest.mark.parametrize("earlier", [None, EARLIER])
def test_a_deploy_without_changes_gives_the_template_of_the_last_one(earlier: str | None) -> None:
    aws = Aws()
    if earlier:
        aws.outputs[LOOK_OUTPUT] = earlier

    assert aws.look() == (earlier, [])


def test_a_run_that_goes_on_and_a_first_deploy_need_no_look() -> None:
    running, first = Aws(), Aws()
    running.execution, running.parameters = "RUNNING", {}
    first.deployed = False

    assert running.look() == first.look() == (None, [])


def test_an_added_customization_is_in_the_template() -> None:
    aws = Aws()
    value = shipped_config().model_dump()
    value["training"]["customizations"]["second"] = {
        **value["training"]["customizations"]["support"],
        "alias": "other-bot",
    }

    assert aws.look(DeploymentConfig.model_validate(value)) == (None, [])


def test_a_copied_model_is_looked_at_as_a_trained_one() -> None:
    aws = Aws()
    value = shipped_config().model_dump()
    source = "arn:aws:bedrock:us-west-2:111122223333:custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc"
    value["training"] |= {"customizations": {}, "copied_models": {"support": _copied(source)}}
    config = DeploymentConfig.model_validate(value)
    assert aws.look(config) == (None, [])

    aws.served.pop(TARGET)

    assert aws.look(config)[0] is not None


def _copied(source: str) -> dict[str, str]:
    return {"alias": "support-bot", "source_model_arn": source, "base_model": "amazon.nova-micro-v1:0:128k"}


def test_what_provisioned_throughput_serves_is_looked_at() -> None:
    assert Aws().look(shipped_config(model_units=1))[0] is not None


def test_a_deployment_without_training_is_not_looked_at() -> None:
    config = shipped_config().model_copy(update={"training": None})

    assert time_of_look(config, lambda _: pytest.fail("called AWS"), NOW, pytest.fail) is None


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        (False, "files of imported models may have changed"),
        (True, "support is not served by the model of the last deploy, as far as the kit can tell"),
    ],
)
def test_files_of_imported_models_are_looked_at_by_each_deploy(tmp_path: Path, gone: bool, reason: str) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(
        '[deployment]\nname = "support-assistant"\nregion = "us-east-1"\n'
        '[training.imported_models.support]\nalias = "support-bot"\ns3_uri = "s3://open-models/llama/"\n'
    )
    aws = Aws()
    aws.parameters[SERVING]["target_arn"] = MODEL
    if gone:
        aws.models.pop(MODEL)

    found, said = aws.look(load_deployment_config(file))

    assert found == f"{NOW:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert said == [f"training: the starter looks, because {reason}"]


def test_what_is_certain_is_told_before_what_may_have_changed() -> None:
    """kit drift tells the one as drift and the other as unknown."""
    aws = Aws()
    aws.outputs[COLLECTOR_OUTPUT] = "role"
    aws.served.pop(TARGET)

    assert "support is not served" in aws.look()[1][0]
