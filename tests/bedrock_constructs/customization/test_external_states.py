"""The states that make an external model: what they ask of Bedrock, when they look again, and how they end."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from bedrock_constructs.customization.external.kinds import KINDS, is_trained, used_kinds
from bedrock_constructs.customization.external_states import add_external
from kit_contract.external_models import COPY, EXTERNAL_METHODS, IMPORT, KEY_MEMBERS, SAGEMAKER
from kit_contract.runs import RunSpecification
from tests.cloudformation_harness.states_language import chosen, filled
from tests.customization.aws import specification

KEY = "arn:aws:kms:us-east-1:111122223333:key/0f"
PACKAGE = {"ModelPackageArnDataSource": {"ModelPackageArn": "arn"}}
MEMBERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Copy": (COPY, {"SourceModelArn": "arn"}),
    "CopyWithKey": (COPY, {"SourceModelArn": "arn", "ModelKmsKeyId": KEY}),
    "Register": (SAGEMAKER, {"CustomModelDataSource": PACKAGE}),
    "RegisterWithKey": (SAGEMAKER, {"CustomModelDataSource": PACKAGE, "ModelKmsKeyArn": KEY}),
    "RegisterFromBucket": (SAGEMAKER, {"ModelSourceConfig": {"S3DataSource": {"S3Uri": "s3://a/"}}}),
}
FILES = {"S3DataSource": {"S3Uri": "s3://a/"}}
NETWORK = {"SubnetIds": ["subnet-0f"], "SecurityGroupIds": ["sg-0f"]}
MEMBERS |= {
    "Import": (IMPORT, {"ModelDataSource": FILES}),
    "ImportInVpc": (IMPORT, {"ModelDataSource": FILES, "VpcConfig": NETWORK}),
    "ImportWithKey": (IMPORT, {"ModelDataSource": FILES, "ImportedModelKmsKeyId": KEY}),
}
# Of an import, beside the name, the token and the tags: the job's name, its tags and its role.
MORE = {COPY: 0, SAGEMAKER: 0, IMPORT: 3}
ITEMS = {name: specification(method=method, job_members=members) for name, (method, members) in MEMBERS.items()}


@pytest.fixture(scope="module")
def states() -> dict[str, Any]:
    stack = cdk.Stack(cdk.App())
    failed, choice = sfn.Fail(stack, "Failed"), sfn.Choice(stack, "Choice")
    for kind in used_kinds(ITEMS.values()):
        items = [item for item in ITEMS.values() if item.method == kind.method]
        add_external(stack, choice, kind, items, "sup", failed, sfn.Pass(stack, f"{kind.verb}Promoted"))
    choice.otherwise(sfn.Fail(stack, "Other"))
    graph = sfn.StateGraph(choice, "test").to_graph_json()
    found: dict[str, Any] = json.loads(json.dumps(stack.resolve(graph)))["States"]
    return found


def execution(item: RunSpecification, **more: Any) -> dict[str, Any]:
    check = {"client_request_token": "token", "job_name": "sup-support-0f-1", **more.pop("check", {})}
    return {"specification": item.to_json(), "check": check, "custom_model_name": "sup-support-0f", **more}


def test_each_method_has_a_kind_and_a_key() -> None:
    assert tuple(KINDS) == EXTERNAL_METHODS
    assert {kind.key for kind in KINDS.values()} == set(KEY_MEMBERS) - {"VpcConfig"}
    assert is_trained(specification())
    assert not any(map(is_trained, ITEMS.values()))


@pytest.mark.parametrize("name", ITEMS)
def test_a_request_has_the_members_of_its_specification(states: dict[str, Any], name: str) -> None:
    given = execution(ITEMS[name])

    assert chosen(states["Choice"], given) == name
    request = filled(states[name]["Parameters"], given)
    assert {member: request[member] for member in MEMBERS[name][1]} == MEMBERS[name][1]
    named = {"TargetModelName", "ModelName", "ImportedModelName"} & set(request)
    assert [request[member] for member in named] == ["sup-support-0f"]
    assert request["ClientRequestToken"] == "token"
    tags = [request[member] for member in ("TargetModelTags", "ModelTags", "ImportedModelTags") if member in request]
    assert tags == [
        [{"Key": "bedrock-kit:deployment", "Value": "sup"}, {"Key": "bedrock-kit:alias", "Value": "support-bot"}]
    ]
    assert len(request) == len(MEMBERS[name][1]) + 3 + MORE[ITEMS[name].method]


def test_an_import_has_a_role_and_a_job_of_its_own_name(states: dict[str, Any]) -> None:
    request = filled(states["Import"]["Parameters"], execution(ITEMS["Import"]))

    assert request["RoleArn"] == ITEMS["Import"].role_arn
    assert request["JobName"] == "sup-support-0f-1"
    assert request["JobTags"] == request["ImportedModelTags"]


@pytest.mark.parametrize("name", ITEMS)
def test_what_an_earlier_attempt_began_is_followed(states: dict[str, Any], name: str) -> None:
    kind = KINDS[ITEMS[name].method]
    given = execution(ITEMS[name], check={"adopted": "the-arn"})

    adopt = states[chosen(states["Choice"], given)]

    assert filled(adopt["Parameters"], given) == {"arn": "the-arn"}
    assert adopt["Next"] == states[name]["Next"] == f"{kind.verb}Begin"


def test_a_specification_that_is_newer_than_the_states_makes_nothing(states: dict[str, Any]) -> None:
    assert chosen(states["Choice"], execution(specification(method="LATER", job_members={"A": "b"}))) == "Other"
    more = specification(method=COPY, job_members={"SourceModelArn": "arn", "ModelKmsKeyId": KEY, "Later": "b"})
    with pytest.raises(ValueError, match="got Later"):
        KINDS[COPY].members(more)


@pytest.mark.parametrize(
    ("kind", "status", "seconds", "following"),
    [
        ("Copy", "InProgress", 20, "CopyLonger"),
        ("Copy", "InProgress", 1280, "CopyWait"),
        ("Copy", "Completed", 20, "CopyDone"),
        ("Copy", "Failed", 20, "CopyTold"),
        ("Copy", "Paused", 20, "CopyUnknown"),
        ("Import", "InProgress", 20, "ImportLonger"),
        ("Import", "Completed", 20, "ImportDone"),
        ("Import", "Failed", 20, "ImportTold"),
        ("Register", "Creating", 20, "RegisterLonger"),
        ("Register", "Active", 1280, "RegisterDone"),
        ("Register", "Failed", 20, "RegisterTold"),
        ("Register", "Completed", 20, "RegisterUnknown"),
    ],
)
def test_a_status_decides(states: dict[str, Any], kind: str, status: str, seconds: int, following: str) -> None:
    member = {"Copy": "Status", "Import": "Status", "Register": "ModelStatus"}[kind]

    assert chosen(states[f"{kind}Choice"], {"made": {member: status}, "pause": {"seconds": seconds}}) == following


def test_a_failure_carries_bedrocks_message(states: dict[str, Any]) -> None:
    made = {"made": {"FailureMessage": "the source is broken"}}

    told = states[chosen(states["CopyTold"], made)]

    assert filled(told["Parameters"], made) == {"Error": "CopyFailed", "Cause": "the source is broken"}
    assert (told["ResultPath"], told["Next"]) == ("$.failure", "Failed")
    silent = states[chosen(states["CopyTold"], {"made": {}})]
    assert silent["Parameters"]["Cause"] == "Bedrock gave no reason"


def test_what_was_made_is_promoted(states: dict[str, Any]) -> None:
    made = {"made": {"TargetModelArn": "the-model"}, "created": {"arn": "the-job"}}

    done = states["CopyDone"]

    assert filled(done["Parameters"], made) == {"custom_model_arn": "the-model", "job_arn": "the-job"}
    assert (done["ResultPath"], done["Next"]) == ("$.model", "CopyPromoted")


def test_a_month_of_looks_stays_within_the_history(states: dict[str, Any]) -> None:
    """25,000 events: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    elapsed = events = 0
    state: dict[str, Any] = {"pause": states["CopyBegin"]["Parameters"], "made": {"Status": "InProgress"}}
    while elapsed < 30 * 86_400:
        elapsed += state["pause"]["seconds"]
        # Wait and Choice: entered, exited. The task: entered, scheduled, started, succeeded, exited.
        events += 2 + 5 + 2
        if chosen(states["CopyChoice"], state) == "CopyLonger":
            state["pause"] = filled(states["CopyLonger"]["Parameters"], state)
            events += 2

    assert state["pause"] == {"seconds": 1280}
    assert events < 20_000
