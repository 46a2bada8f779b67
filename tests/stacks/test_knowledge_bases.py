"""Several knowledge bases: one's removal keeps the rights that its Delete needs, and no name is taken twice."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from app import build_app
from deployment.config import DeploymentConfig
from tests.synthesized import PROJECT, synthesized

PUBLISHED = "HandbooksKnowledgeBaseIdParameter"
SECTION = {"documents": PROJECT / "examples/support/documents", "model": "amazon.nova-micro-v1:0"}


def deployed(*names: str, **settings: object) -> dict[str, Any]:
    return stacks({"knowledge_bases": dict.fromkeys(names, SECTION | settings)})["kbs-knowledge-base"]


def stacks(sections: Mapping[str, object]) -> dict[str, dict[str, Any]]:
    every = {"deployment": {"name": "kbs", "region": "us-east-1", "account": "111122223333"}, **sections}
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = build_app(cdk.App(context=flags), DeploymentConfig.model_validate(every))
    return {
        child.stack_name: dict(Template.from_stack(child).to_json())
        for child in app.node.children
        if isinstance(child, cdk.Stack)
    }


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: item for name, item in template["Resources"].items() if item["Type"] == kind}


@pytest.fixture(scope="module")
def two() -> dict[str, Any]:
    return deployed("handbooks", "wiki")


@pytest.fixture(scope="module")
def one() -> dict[str, Any]:
    return deployed("handbooks")


def test_what_stays_is_as_it_was(one: dict[str, Any], two: dict[str, Any]) -> None:
    """A second one changes no resource of the first, but what custom resources and their functions share.

    The parameter's value is the same, but it waits for the ingestion of the second one, too.
    """
    shared = [name for name in one["Resources"] if name.startswith("CustomResourcePolicies")]
    shared.append(PUBLISHED)
    ids = [of_type(made, "AWS::SSM::Parameter")[PUBLISHED]["Properties"] for made in (one, two)]
    assert ids[0] == ids[1]
    changed = [name for name, item in one["Resources"].items() if two["Resources"][name] != item]

    assert set(changed) <= set(shared)


def test_callers_go_over_when_all_are_filled(two: dict[str, Any]) -> None:
    """If one of two that are replaced at once is not filled, the stack rolls back, and neither has been switched to."""
    starts = set(of_type(two, "Custom::BedrockIngestionStart"))
    switches = [item for name, item in of_type(two, "AWS::SSM::Parameter").items() if name.endswith("IdParameter")]

    assert (len(starts), len(switches)) == (2, 2)
    assert all(starts <= set(item["DependsOn"]) for item in switches)


def test_another_model_has_other_rights_beside_those_of_the_one_before(one: dict[str, Any]) -> None:
    """The role is the same. With one policy, the knowledge base that still answers would lose its model at once."""
    model = {"embedding_model": "amazon.titan-embed-text-v1", "dimensions": 1536}
    other = deployed("handbooks", **model)

    roles = [set(of_type(made, "AWS::IAM::Role")) for made in (one, other)]
    policies = [
        {name for name in of_type(made, "AWS::IAM::Policy") if name.startswith("KnowledgeBaseHandbooksRole")}
        for made in (one, other)
    ]
    waits = [next(iter(of_type(made, "Custom::RolePropagation").values())) for made in (one, other)]
    assert roles[0] == roles[1]
    assert [len(names) for names in policies] == [1, 1]
    assert not policies[0] & policies[1]
    assert waits[0]["Properties"]["Resources"] != waits[1]["Properties"]["Resources"]


@pytest.mark.parametrize("changed", [{"chunk_max_tokens": 100}, {"rerank_model": "cohere.rerank-v3-5:0"}])
def test_what_does_not_replace_it_keeps_its_rights(one: dict[str, Any], changed: dict[str, Any]) -> None:
    assert set(of_type(one, "AWS::IAM::Policy")) == set(of_type(deployed("handbooks", **changed), "AWS::IAM::Policy"))


def test_a_removed_one_stops_its_ingestion_with_rights_that_the_others_have_too(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    """CloudFormation takes the rights of a removed one out of the policy before it deletes the custom resource."""
    stopping = [
        [
            statement
            for policy in of_type(template, "AWS::IAM::Policy").values()
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            if "bedrock:StopIngestionJob" in statement["Action"]
        ]
        for template in (one, two)
    ]

    assert stopping[0] == stopping[1]
    assert stopping[0][0]["Condition"] == {"StringEquals": {"aws:ResourceTag/bedrock-kit:deployment": "kbs"}}
    bases = of_type(two, "AWS::Bedrock::KnowledgeBase").values()
    assert [base["Properties"]["Tags"] for base in bases] == [{"bedrock-kit:deployment": "kbs"}] * 2


def test_a_removed_one_deletes_its_documents_with_rights_of_its_own_bucket(two: dict[str, Any]) -> None:
    (role,) = (name for name in of_type(two, "AWS::IAM::Role") if name.startswith("CustomResourceProvider"))
    policies = of_type(two, "AWS::S3::BucketPolicy")
    for name, upload in of_type(two, "Custom::BucketObjects").items():
        bucket = upload["Properties"]["DestinationBucket"]["Ref"]
        (policy,) = (one for one, item in policies.items() if item["Properties"]["Bucket"] == {"Ref": bucket})
        granted = [
            statement
            for statement in policies[policy]["Properties"]["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow" and statement["Principal"]["AWS"] == {"Fn::GetAtt": [role, "Arn"]}
        ]
        listed = [one["Action"] for one in granted]
        actions = {action for one in listed for action in ([one] if isinstance(one, str) else one)}

        assert policy in upload["DependsOn"], name
        assert {"s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket"} <= actions


def test_outputs_and_parameters_are_told_apart_by_name() -> None:
    template = synthesized("tests/stacks/full.toml")["full-knowledge-base"]
    names = [item["Properties"]["Name"] for item in of_type(template, "AWS::SSM::Parameter").values()]

    assert sorted(name.removeprefix("/bedrock-kit/full/knowledge-base/") for name in names) == [
        "documents/id",
        "documents/last-ingestion",
        "handbooks/id",
        "handbooks/last-ingestion",
    ]
    for key in ("", "Handbooks"):
        outputs = ("KnowledgeBaseId", "DataSourceId", "DocumentsBucket", "IngestionQueueUrl")
        assert {f"{key}{output}" for output in outputs} <= set(template["Outputs"])


def test_the_api_may_ask_each_and_the_existing_one() -> None:
    template = synthesized("tests/stacks/full.toml")["full-inference-api"]
    (given,) = (
        item["Properties"]["Environment"]["Variables"]["KNOWLEDGE_BASES"]
        for item in of_type(template, "AWS::Lambda::Function").values()
        if "KNOWLEDGE_BASES" in item["Properties"]["Environment"]["Variables"]
    )
    ids = given["Fn::Join"][1]

    assert "".join(part if isinstance(part, str) else "TOKEN" for part in ids) == json.dumps(
        {"documents": "TOKEN", "handbooks": "TOKEN", "theirs": "KB12345678"}, separators=(",", ":")
    )
    assert '"Ref": "HandbooksKnowledgeBaseId"' in json.dumps(template)
    assert ":knowledge-base/KB12345678" in json.dumps(template)


def test_failed_ingestion_has_one_alarm_where_its_message_is(two: dict[str, Any]) -> None:
    """No composite alarm names another stack's: the section can come and go, and so can the knowledge base."""
    operations = {"emails": ["oncall@example.com"], "dashboard": False}
    watched = stacks({"knowledge_bases": dict.fromkeys(("handbooks", "wiki"), SECTION), "operations": operations})
    alarms, composites = (f"AWS::CloudWatch::{kind}" for kind in ("Alarm", "CompositeAlarm"))

    assert len(of_type(two, alarms)) == 2
    assert of_type(watched["kbs-knowledge-base"], alarms) == {}
    (work,) = of_type(watched["kbs-operations"], composites).values()
    named = {item["Fn::GetAtt"][0] for item in work["Properties"]["AlarmRule"]["Fn::Join"][1] if isinstance(item, dict)}
    assert named == set(of_type(watched["kbs-operations"], alarms))
    assert len(named) == 2
