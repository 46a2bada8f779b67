"""Each kind of job has a state of its own, which is chosen for its specifications and no others."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from bedrock_constructs.customization.job_kind import JobKind
from bedrock_constructs.customization.training_states import add_training
from kit_contract.runs import RunSpecification
from tests.cloudformation_harness.states_language import chosen, filled
from tests.customization.aws import specification

DISTILLATION: dict[str, Any] = {"CustomizationConfig": {"DistillationConfig": {"TeacherModelConfig": {}}}}
LOGS: dict[str, Any] = {"TrainingDataConfig": {"InvocationLogsConfig": {}}}
VPC = {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
KEY = {"CustomModelKmsKeyId": "arn:aws:kms:us-east-1:111122223333:key/0f"}
VALIDATED = {"validation_key": "data/support/validation/0.jsonl"}
SPECIFICATIONS = {
    "Train": specification(),
    "TrainAndValidate": specification(**VALIDATED),
    "TrainInVpc": specification(job_members=VPC),
    "TrainInVpcWithKeyAndValidate": specification(job_members={**KEY, **VPC}, **VALIDATED),
    "TrainFurther": specification(parent="0123456789abcdef"),
    "Distill": specification(method="DISTILLATION", job_members=DISTILLATION, method_settings="teacher"),
    "DistillFromLogs": specification(method="DISTILLATION", job_members={**DISTILLATION, **LOGS}, method_settings="t"),
    "Reinforce": specification(
        method="REINFORCEMENT_FINE_TUNING", job_members={"CustomizationConfig": {"RftConfig": {}}}, method_settings="g"
    ),
}


def states(*kinds: JobKind) -> dict[str, Any]:
    stack = cdk.Stack(cdk.App())
    failed, choice = sfn.Fail(stack, "Failed"), sfn.Choice(stack, "Choice")
    add_training(stack, choice, kinds, "sup", failed, sfn.Pass(stack, "Following"))
    graph = sfn.StateGraph(choice, "test").to_graph_json()
    found: dict[str, Any] = json.loads(json.dumps(stack.resolve(graph)))["States"]
    return found


@pytest.fixture(scope="module")
def all_states() -> dict[str, Any]:
    return states(*map(JobKind.of, SPECIFICATIONS.values()))


def execution(item: RunSpecification) -> dict[str, Any]:
    check = {"base_model": "the-parent", "job_name": "job", "client_request_token": "token"}
    return {"specification": item.to_json(), "check": check, "key": "k", "run_id": "r", "custom_model_name": "m"}


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_a_specification_gets_its_own_state(all_states: dict[str, Any], name: str) -> None:
    assert chosen(all_states["Choice"], execution(SPECIFICATIONS[name])) == name
    assert all_states[name]["Next"] == "Following"


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_a_workflow_without_the_state_creates_no_job(name: str) -> None:
    """Not one without its VPC, its key or its teacher: a stack that is being updated may have older states."""
    plain = name in ("Train", "TrainAndValidate")

    assert chosen(states()["Choice"], execution(SPECIFICATIONS[name])) == (name if plain else "UnknownJobKind")


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_the_request_has_the_members_of_its_specification(all_states: dict[str, Any], name: str) -> None:
    item = SPECIFICATIONS[name]
    request = filled(all_states[name]["Parameters"], execution(item))

    assert {key: request[key] for key in item.job_members} == item.job_members
    assert ("ValidationDataConfig" in request) == bool(item.validation_key)
    assert ("HyperParameters" in request) == (item.method == "FINE_TUNING")
    assert request["CustomizationType"] == item.method
    assert request["BaseModelIdentifier"] == ("the-parent" if item.parent else item.base_model)
    optional = {"CustomizationConfig", "VpcConfig", "CustomModelKmsKeyId"}
    assert optional & set(request) == optional & set(item.job_members)
    if "TrainingDataConfig" not in item.job_members:
        assert request["TrainingDataConfig"] == {"S3Uri": "s3://the-bucket/k"}


def test_the_states_are_those_of_the_kinds_in_use() -> None:
    tasks = [name for name, state in states(JobKind.of(SPECIFICATIONS["Distill"])).items() if state["Type"] == "Task"]

    assert sorted(tasks) == ["Distill", "Train", "TrainAndValidate"]


def test_a_member_that_no_state_passes_on_is_refused() -> None:
    with pytest.raises(ValueError, match=r"job_members must be of TrainingDataConfig, .*, got Tags"):
        JobKind.of(specification(job_members={"Tags": []}))
