"""What the training stack passes to each method's job: members of the request, a version of the grader, the parent."""

import json
from typing import Any

from kit_contract.runs import RunSpecification
from tests.synthesized import synthesized

CONFIG, STACK = "tests/stacks/full_east.toml", "east-training"


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {key: item for key, item in synthesized(CONFIG)[STACK]["Resources"].items() if item["Type"] == kind}


def specifications() -> dict[str, RunSpecification]:
    found = {}
    for item in resources("AWS::SSM::Parameter").values():
        value = item["Properties"]["Value"]
        if "Fn::GetAtt" in value:  # the name of the workflow
            continue
        text = value if isinstance(value, str) else "".join(map(_text, value["Fn::Join"][1]))
        read = RunSpecification.from_json(json.loads(text))
        found[read.customization] = read
    return found


def _text(part: Any) -> str:
    return part if isinstance(part, str) else next(iter(part.values())) if "Ref" in part else part["Fn::GetAtt"][0]


def test_a_plain_customization_has_nothing_more() -> None:
    plain = specifications()["support"]

    assert (plain.job_members, plain.method_settings, plain.parent) == ({}, "", "")


def test_a_distillation_names_its_teachers_profile_its_logs_and_its_key() -> None:
    members = specifications()["distilled"].job_members

    profile = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-pro-v1:0"
    teacher = members["CustomizationConfig"]["DistillationConfig"]["TeacherModelConfig"]
    assert teacher == {"TeacherModelIdentifier": profile}
    filters = [{"Equals": {"project": "support"}}, {"NotEquals": {"rating": "bad"}}]
    assert members["TrainingDataConfig"]["InvocationLogsConfig"]["RequestMetadataFilters"] == {"AndAll": filters}
    assert members["CustomModelKmsKeyId"].endswith(":key/11111111-2222-3333-4444-555555555555")


def test_a_job_calls_one_version_of_its_grader_in_its_network() -> None:
    reinforced = specifications()["reinforced"]

    (version,) = [key for key in resources("AWS::Lambda::Version") if key.startswith("ReinforcedGrader")]
    assert resources("AWS::Lambda::Version")[version]["DeletionPolicy"] == "Retain"  # a job may be running
    assert reinforced.job_members == {
        "CustomizationConfig": {
            "RftConfig": {
                "GraderConfig": {"LambdaGrader": {"LambdaArn": version}},
                "HyperParameters": {"TrainingSamplePerPrompt": 4},  # a number: RFTHyperParameters are typed
            }
        },
        "VpcConfig": {"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]},
    }
    functions = resources("AWS::Lambda::Function")
    (function,) = [item for key, item in functions.items() if key.startswith("ReinforcedGrader")]
    assert function["Properties"]["Handler"] == "numeric_answer.lambda_handler"
    assert function["Properties"]["Timeout"] == 900


def test_a_model_is_trained_further_from_the_one_that_is_named() -> None:
    assert specifications()["scored"].parent.endswith(":custom-model/amazon.nova-2-lite-v1:0:256k/aaaabbbbcccc")


def test_the_workflow_has_the_states_of_its_customizations() -> None:
    (machine,) = resources("AWS::StepFunctions::StateMachine").values()
    text = json.dumps(machine["Properties"]["DefinitionString"])

    for state in ("Train", "TrainAndValidate", "TrainFurther", "DistillFromLogsWithKey", "ReinforceInVpc"):
        assert f'\\"{state}\\":' in text.replace('\\\\"', '\\"'), state
