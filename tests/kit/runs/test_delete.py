"""`kit runs delete`: deployment, model, objects, in this order, and nothing that serves."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.customization.aws import specification
from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import NOW, ONE, SPECIFICATION, TWO
from tests.kit.runs.fake_aws import FakeAws, Refused

OBJECTS = [f"output/support/{ONE}/job/{number}" for number in range(3)]


def trained(aws: FakeAws) -> str:
    aws.add_run()
    aws.put(ONE, "check.json", {"records": 9})
    aws.put(TWO, "check.json", {"records": 9})
    for key in (*OBJECTS, "data/support/records.jsonl", f"output/support/{TWO}/job/0"):
        aws.objects[key] = b"x"
    return aws.add_model()


def test_all_of_a_run_is_deleted_in_order_and_nothing_else(aws: FakeAws, runs: Runs) -> None:
    model = trained(aws)
    aws.add_deployment(model, "sup-support-candidate")

    code, printed, _ = runs("delete", ONE, "--yes")

    assert code == 0
    assert printed == f"support {ONE} is deleted; its executions and jobs stay in AWS's lists\n"
    changes = [call for call in aws.calls if call.startswith("Delete")]
    assert changes == ["DeleteCustomModelDeployment", "DeleteCustomModel", "DeleteObjects"]
    assert sorted(aws.objects) == [
        "data/support/records.jsonl",
        f"output/support/{TWO}/job/0",
        f"runs/support/{TWO}/check.json",
    ]


def test_programs_learn_what_was_deleted(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    model = trained(aws)

    found = parsed("delete", ONE, "--yes")

    assert (found["custom_model_arn"], found["objects"]) == (model, 4)


def test_it_is_asked_first_and_told_what_it_costs(aws: FakeAws, runs: Runs) -> None:
    trained(aws)

    code, _, error = runs("delete", ONE)

    assert code == 2
    assert f"custom model sup-support-{ONE}, billed 1.95 USD a month" in error
    assert "4 objects of s3://the-bucket" in error
    assert "deployment.toml" not in error
    assert not [call for call in aws.calls if call.startswith("Delete")]


def test_a_model_that_the_settings_ask_for_is_told(aws: FakeAws, runs: Runs) -> None:
    wanted = specification(customization="support").run_id("5" * 64)
    aws.set_parameter("customizations/support", specification(customization="support").to_json())
    aws.add_run(wanted)
    aws.add_model(wanted)

    assert "deployment.toml asks for it: the next deploy says so" in runs("delete", wanted)[2]


def serves(aws: FakeAws, model: str) -> None:
    aws.set_parameter("aliases/support-bot/serving", {"target_arn": "arn:x", "run_id": ONE})


def is_promoted(aws: FakeAws, model: str) -> None:
    aws.set_parameter("customizations/support/promoted", {"custom_model_arn": model})


def is_a_canary(aws: FakeAws, model: str) -> None:
    canary = {"run_id": ONE, "weight": 10, "target_arn": aws.add_deployment(model)}
    aws.set_parameter("aliases/support-bot/serving", {"target_arn": "arn:x", "run_id": TWO, "canary": canary})


def is_a_target(aws: FakeAws, model: str) -> None:
    aws.set_parameter("aliases/other/serving", {"target_arn": aws.add_deployment(model), "run_id": TWO})


def serves_under_another_name(aws: FakeAws, model: str) -> None:
    aws.add_run(customization="help")
    aws.set_parameter("customizations/help/promoted", {"custom_model_arn": model})


def has_a_throughput(aws: FakeAws, model: str) -> None:
    for name, desired in (("a", "arn:other"), ("b", "arn:other"), ("sup-support", model)):
        aws.throughputs.append(
            {"provisionedModelName": name, "modelArn": "arn:other", "desiredModelArn": desired, "status": "Updating"}
        )


def is_trained_from(aws: FakeAws, model: str) -> None:
    aws.set_parameter("customizations/help", SPECIFICATION | {"customization": "help", "base_model": model})


def is_a_parent(aws: FakeAws, model: str) -> None:
    aws.set_parameter("customizations/help", SPECIFICATION | {"customization": "help", "parent": ONE})


def is_being_trained_from(aws: FakeAws, model: str) -> None:
    for number in range(3):
        aws.add_job(TWO, owner=f"another-{number}", status="InProgress", baseModelArn=model)


def is_anothers(aws: FakeAws, model: str) -> None:
    aws.tags[model] = "sap"


def runs_now(aws: FakeAws, model: str) -> None:
    aws.add_run(attempt=2, status="RUNNING")


def may_be_returned_to(aws: FakeAws, model: str) -> None:
    aws.add_run(TWO, status="RUNNING")


def is_checked_for_a_copy(aws: FakeAws, model: str) -> None:
    aws.add_run(customization="help", status="RUNNING")


def has_a_job(aws: FakeAws, model: str) -> None:
    aws.add_job(status="Stopping")


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (serves, "it serves support-bot for support; promote another run first"),
        (is_promoted, "it is promoted for support"),
        (is_a_canary, "it gets a share of the requests for support"),
        (is_a_target, "its deployment sup-support is the target of an alias"),
        (serves_under_another_name, "it is promoted for help"),
        (has_a_throughput, "provisioned throughput sup-support serves it"),
        (is_trained_from, "customization help trains from it"),
        (is_a_parent, "customization help trains from it"),
        (is_being_trained_from, "job another-2-"),
        (is_anothers, "does not carry this deployment's tag"),
        (runs_now, f"stop it first: kit runs stop {ONE}"),
        (may_be_returned_to, f"run {TWO} of support is under way"),
        (is_checked_for_a_copy, f"run {ONE} of help, which has the same content, is under way"),
        (has_a_job, f"stop it first: kit runs stop {ONE}"),
    ],
)
def test_what_is_in_use_is_not_deleted(
    aws: FakeAws, runs: Runs, prepare: Callable[[FakeAws, str], None], reason: str
) -> None:
    prepare(aws, trained(aws))

    code, _, error = runs("delete", ONE, "--customization", "support", "--yes")

    assert code == 2
    assert reason in error
    assert not [call for call in aws.calls if call.startswith("Delete")]


def test_what_failed_in_the_middle_goes_on(aws: FakeAws, runs: Runs) -> None:
    def denied() -> None:
        raise Refused("AccessDenied", "not you", 403)

    trained(aws)
    aws.before["DeleteObjects"] = denied

    assert runs("delete", ONE, "--yes")[0] == 1
    aws.before.clear()
    assert aws.models == []
    assert runs("delete", ONE, "--yes")[0] == 0
    assert not [key for key in aws.objects if ONE in key]
    code, _, error = runs("delete", ONE, "--yes")
    assert code == 2
    assert "no model and no objects left" in error


def test_a_model_that_is_still_in_use_is_waited_for(aws: FakeAws, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> None:
        raise Refused("ConflictException", "the model is in use", 400)

    trained(aws)
    aws.before["DeleteCustomModel"] = busy
    monkeypatch.setattr("kit.runs.delete.time.sleep", lambda _: aws.before.clear())

    assert runs("delete", ONE, "--yes")[0] == 0
    assert aws.calls.count("DeleteCustomModel") == 2


def test_the_newest_run_is_not_deleted_by_the_name_of_its_customization(aws: FakeAws, runs: Runs) -> None:
    trained(aws)

    code, _, error = runs("delete", "support", "--yes")

    assert code == 2
    assert f"its newest is {ONE}" in error


def an_imported_model(aws: FakeAws) -> str:
    model = "arn:aws:bedrock:us-east-1:111122223333:imported-model/importimport"
    aws.add_run()
    aws.imported = [{"modelArn": model, "modelName": f"sup-support-{ONE}", "creationTime": NOW}]
    aws.tags[model] = "sup"
    return model


def test_an_imported_model_is_deleted_without_a_deployment_and_its_units_tell_the_price(
    aws: FakeAws, runs: Runs, parsed: Callable[..., Any]
) -> None:
    model = an_imported_model(aws)

    assert "billed 3.90 USD a month" in runs("delete", ONE)[2]
    assert parsed("delete", ONE, "--yes")["custom_model_arn"] == model
    assert [call for call in aws.calls if call.startswith("Delete")] == ["DeleteImportedModel"]
    assert "ListCustomModelDeployments" not in aws.calls


def test_an_imported_model_that_an_alias_calls_stays(aws: FakeAws, runs: Runs) -> None:
    model = an_imported_model(aws)
    aws.set_parameter("aliases/support-bot/serving", {"target_arn": model, "run_id": TWO})

    assert "is the target of an alias" in runs("delete", ONE, "--yes")[2]
    assert aws.imported
