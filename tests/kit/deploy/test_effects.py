"""What the next deploy does is told by the templates and the account, and nothing of it is done without a yes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deployment.costs.knowledge_base import ingestion_group
from deployment.datasets import prepare_datasets
from deployment.parent_runs import run_id_of
from kit.deploy.assembly import StackName
from kit.deploy.difference import Question, difference
from kit.deploy.effects.effect import Effect, Kind, digest_of
from kit.deploy.effects.of_training import effects_of_training
from kit.deploy.effects.resource_changes import IDENTITY
from kit.deploy.throughput_changes import Change
from kit_contract.run_names import custom_model_name
from kit_contract.tags import DEPLOYMENT_TAG
from tests.billed_resources.fake_aws import NOW, REGION, FakeAws
from tests.deployment_file import shipped_config
from tests.synthesized import synthesized

KNOWLEDGE = "support-assistant-knowledge-base"
MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl"


def effects(
    old: Mapping[str, Any], new: Mapping[str, Any], aws: FakeAws | None = None, stack: str = "s", **more: Any
) -> list[Effect]:
    """Of stacks with these resources, beside what the shipped file has trained."""
    made = aws or FakeAws()
    if not made.models:
        trained(made)
    made.templates = {stack: {"Resources": old}} if old else {}
    question = Question(shipped_config(), {StackName(REGION, stack): {"Resources": new}}, **more)
    return list(difference(question, lambda _: made.client("cloudformation"), made.client).effects)


def model(name: str) -> dict[str, Any]:
    return {"modelArn": MODEL, "modelName": name, "creationTime": NOW, "baseModelArn": MODEL, "baseModelName": "x"}


def trained(aws: FakeAws, customization: str = "support", deployment: str = "support-assistant") -> str:
    config = shipped_config()
    run = run_id_of("support", config.customizations, prepare_datasets(config))
    arn = f"{MODEL}{len(aws.models)}"
    aws.models.append({**model(custom_model_name(deployment, customization, run)), "modelArn": arn})
    aws.tags[arn] = {DEPLOYMENT_TAG: deployment}
    return run


def resource(kind: str, policy: str = "Delete", **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties, "DeletionPolicy": policy, "UpdateReplacePolicy": policy}


def kinds(found: list[Effect]) -> list[tuple[str, str]]:
    return [(item.kind.value, item.subject.partition(" ")[0]) for item in found]


def test_nothing_happens_to_what_is_deployed_as_it_is() -> None:
    for stack, template in synthesized().items():
        assert effects(template["Resources"], template["Resources"]) == [], stack


def test_another_embedding_model_replaces_the_knowledge_base_and_ingests_again() -> None:
    resources = synthesized()[KNOWLEDGE]["Resources"]
    changed = json.loads(json.dumps(resources).replace("titan-embed-text-v2:0", "titan-embed-text-v1"))

    found = effects(resources, changed, stack=KNOWLEDGE)

    assert ("replace", "KnowledgeBaseB1C941BD") in kinds(found)
    assert ("replace", "KnowledgeBaseDataSource867D63C8") in kinds(found), "it refers to the knowledge base"
    (again,) = [item for item in found if item.kind is Kind.REINGEST]
    assert "embedded and stored again, because of the replaced KnowledgeBase" in again.what
    config = shipped_config()
    assert config.knowledge_base
    ingestion = ingestion_group(config, "", config.knowledge_base)
    assert again.usd == ingestion.usd > 0, "as kit cost has it"
    (own,) = [item for item in effects(resources, changed) if item.kind is Kind.REINGEST]
    assert own.usd is None, "a stack of your own has documents that nobody knows"
    assert "refers to KnowledgeBaseB1C941BD" in next(item.what for item in found if "DataSource" in item.subject)


def test_a_replacement_beside_the_old_one_ingests_again_and_a_new_one_does_not() -> None:
    one, two = (resource("AWS::Bedrock::KnowledgeBase", Name=name) for name in ("one", "two"))

    assert [item.kind for item in effects({"One": one}, {"Two": two})] == [Kind.DELETE, Kind.REINGEST]
    assert effects({"One": one}, {"One": one, "Two": two}) == []


def test_documents_that_were_put_are_lost_with_their_data_source() -> None:
    def source(kind: str, **more: Any) -> dict[str, Any]:
        return resource("AWS::Bedrock::DataSource", KnowledgeBaseId="K", DataSourceConfiguration={"Type": kind}, **more)

    stays = {"X": resource("AWS::SNS::Topic")}
    (removed,) = effects({"S": source("CUSTOM"), **stays}, stays)
    beside = effects({"S": source("CUSTOM")}, {"S2": source("CUSTOM")})
    (read,) = effects({"S": source("S3"), **stays}, stays)

    assert removed.kind is Kind.DELETE
    assert "put them again after it" in removed.what
    assert [(item.kind, "put them again" in item.what) for item in beside] == [
        (Kind.DELETE, True),
        (Kind.REINGEST, False),
    ]
    assert read.what.endswith("lost: what it has ingested")


def test_a_removed_prompt_is_shown_and_a_changed_text_is_an_update() -> None:
    old, new = (resource("AWS::Bedrock::Prompt", Name="tone", Variants=[text]) for text in ("a", "b"))
    stays = {"X": resource("AWS::SNS::Topic")}

    assert kinds(effects({"P": old, **stays}, stays)) == [("delete", "P")]
    assert effects({"P": old}, {"P": new}) == []


def test_an_update_in_place_and_what_nobody_notices_is_no_effect() -> None:
    old = {"F": resource("AWS::Lambda::Function", FunctionName="a"), "B": resource("AWS::S3::Bucket", Tags=[])}
    new = {"F": resource("AWS::Lambda::Function", FunctionName="b"), "B": resource("AWS::S3::Bucket", Tags=[1])}

    assert effects(old, new) == []


@pytest.mark.parametrize(
    ("policy", "removed", "renamed"),
    [("Delete", ["delete"], ["replace"]), ("Retain", ["leave"], ["replace", "leave"])],
)
def test_a_removed_and_a_renamed_bucket(policy: str, removed: list[str], renamed: list[str]) -> None:
    one, other = (resource("AWS::S3::Bucket", policy, BucketName=name) for name in ("a-bucket", "another"))
    stays = {"X": resource("AWS::SNS::Topic")}

    assert [item.kind.value for item in effects({"B": one, **stays}, stays)] == removed
    assert [item.kind.value for item in effects({"B": one}, {"B": other})] == renamed


def test_custom_resources_are_replaced_where_their_id_changes() -> None:
    kind = "Custom::BedrockCustomModelDeployment"
    old, new = (resource(kind, DeploymentName=name, Alias="a") for name in ("one", "two"))

    (found,) = effects({"D": old}, {"D": new})

    assert (found.kind, found.what) == (Kind.REPLACE, "DeploymentName changes; lost: its ARN")
    assert effects({"D": old}, {"D": {**old, "Properties": {"DeploymentName": "one", "Alias": "b"}}}) == []
    sources = "".join(path.read_text(encoding="utf-8") for path in Path("bedrock_constructs").rglob("*.py"))
    assert [name for name in IDENTITY if f'"{name}"' not in sources] == []


def test_what_is_billed_by_the_hour_is_bought() -> None:
    small = resource("AWS::RDS::DBCluster", ServerlessV2ScalingConfiguration={"MaxCapacity": 1})
    large = resource("AWS::RDS::DBCluster", ServerlessV2ScalingConfiguration={"MaxCapacity": 8})
    bought = Change("sup-two", "bought now", 10.0, 7300.0, bought=True)

    assert kinds(effects({}, {"C": small})) == [("buy", "C")]
    assert kinds(effects({"C": small}, {"C": large})) == [("buy", "C")]
    (throughput,) = effects({}, {}, throughput=[bought, Change("sup-one", "kept", 10.0)])
    assert (throughput.what, throughput.usd) == ("bought now, at 10.00 USD an hour", 7300.0)


def test_what_a_failed_first_deploy_rolled_back_is_bought() -> None:
    aws = FakeAws()
    aws.add_stack("s", "support-assistant", StackStatus="ROLLBACK_COMPLETE")
    cluster = resource("AWS::OpenSearchServerless::Collection", Name="x")

    assert [item.kind for item in effects({"C": cluster}, {"C": cluster}, aws)] == [Kind.BUY]


def test_consent_to_one_purchase_or_replacement_is_none_to_another() -> None:
    def cluster(most: int) -> dict[str, Any]:
        return resource("AWS::RDS::DBCluster", ServerlessV2ScalingConfiguration={"MinCapacity": 0, "MaxCapacity": most})

    def base(model: str) -> dict[str, Any]:
        return resource("AWS::Bedrock::KnowledgeBase", KnowledgeBaseConfiguration={"Type": model})

    (new,), (more,) = effects({}, {"C": cluster(4)}), effects({"C": cluster(4)}, {"C": cluster(128)})
    assert new.what.endswith(": MaxCapacity 4, MinCapacity 0")
    assert more.what.endswith(": MaxCapacity 4, MinCapacity 0 -> MaxCapacity 128, MinCapacity 0")
    pairs = [
        (effects({"C": cluster(4)}, {"C": cluster(8)}), [more]),
        (effects({}, {"C": cluster(8)}), [new]),
        (effects({"K": base("a")}, {"K": base("b")}), effects({"K": base("a")}, {"K": base("c")})),
    ]
    assert [digest_of(one) == digest_of(other) for one, other in pairs] == [False, False, False]


def test_a_new_run_is_trained_and_a_model_or_a_job_of_it_is_not_paid_for_again() -> None:
    aws = FakeAws()
    run = trained(aws, deployment="other")

    (new,) = effects({}, {}, aws)
    assert (new.kind, new.subject) == (Kind.RETRAIN, "training.customizations.support")
    assert f"run {run} is new" in new.what

    job = MODEL.replace("custom-model", "model-customization-job")
    aws.tags[job] = {DEPLOYMENT_TAG: "support-assistant"}
    aws.jobs.append(
        {
            "jobArn": job,
            "baseModelArn": MODEL,
            "jobName": f"support-assistant-earlier-{run}-20261125000000",
            "status": "Failed",
            "creationTime": NOW,
        }
    )
    assert effects({}, {}, aws) == []
    (again,) = effects({}, {}, aws, retry=True)
    assert (again.kind, again.optional) == (Kind.RETRAIN, True), "the option that asks for it is the consent"


def test_a_renamed_customization_takes_its_model_along() -> None:
    aws = FakeAws()
    trained(aws, customization="earlier")

    assert effects({}, {}, aws) == []


def test_copies_in_the_file_pay_for_one_job() -> None:
    config = shipped_config()
    assert config.training
    config.training.customizations["copy"] = config.customizations["support"]

    found = effects_of_training(config, prepare_datasets(config), FakeAws().client)

    assert [effect.subject for effect in found] == ["training.customizations.support"]
