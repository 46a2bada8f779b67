"""Runs and their specifications as JSON: the keys that earlier releases wrote, and nothing lost on the way."""

from dataclasses import replace
from typing import Any

import pytest

from kit_contract.errors import InputError
from kit_contract.runs import Run, RunSpecification, new_run
from tests.customization.aws import JOB_ARN, KEY, MODEL_ARN, RUN_ID, a_run, specification

SPECIFICATION = {
    "customization": "support",
    "alias": "support-bot",
    "base_model": "amazon.nova-micro-v1:0:128k",
    "method": "FINE_TUNING",
    "hyperparameters": {"epochCount": "2"},
    "record_format": "converse",
    "min_records": 2,
    "max_records": 4,
    "max_tokens": 32_000,
    "serving": "on-demand",
    "deployment_name": "sup-support",
    "provisioned_model_name": "",
    "role_arn": "arn:aws:iam::111122223333:role/Job",
    "bucket": "the-bucket",
    "data_prefix": "data/support/",
    "output_prefix": "output/support/",
}


def test_a_specification_keeps_the_keys_of_its_parameter() -> None:
    assert specification().to_json() == SPECIFICATION


@pytest.mark.parametrize("validation_key", ["", "data/support/validation/0123.jsonl"])
def test_a_specification_is_read_as_it_was_written(validation_key: str) -> None:
    written = specification(validation_key=validation_key)

    assert RunSpecification.from_json(written.to_json()) == written
    assert ("validation_key" in written.to_json()) == bool(validation_key)


@pytest.mark.parametrize(
    "more",
    [
        {"job_members": {"VpcConfig": {"SubnetIds": ["subnet-1"]}}},
        {"method_settings": "teacher"},
        {"parent": "0123456789abcdef"},
    ],
)
def test_what_only_some_methods_have_is_left_out_where_it_is_empty(more: dict[str, Any]) -> None:
    written = specification(**more)

    assert written.to_json() == {**SPECIFICATION, **more}
    assert RunSpecification.from_json(written.to_json()) == written


def test_a_run_id_is_over_all_that_changes_the_model_and_stays_the_same_for_what_was_trained() -> None:
    plain = specification().run_id("a" * 64)

    assert plain == "073f302a89769e4f"  # another id would train, and pay, again
    assert specification(job_members={"VpcConfig": {}}).run_id("a" * 64) == plain
    changed = [{"method_settings": "a"}, {"method_settings": "b"}, {"parent": "a"}]
    assert len({plain, *(specification(**more).run_id("a" * 64) for more in changed)}) == 4


@pytest.mark.parametrize(("serving", "provisioned"), [("on-demand", ""), ("provisioned", "sup-support")])
def test_a_specification_of_the_first_release_is_read(serving: str, provisioned: str) -> None:
    earlier = {**SPECIFICATION, "serving": serving, "unknown": "ignored"}
    del earlier["provisioned_model_name"]

    assert RunSpecification.from_json(earlier).provisioned_model_name == provisioned


@pytest.mark.parametrize("missing", ["bucket", "record_format"])
def test_a_missing_key_is_named(missing: str) -> None:
    earlier = {name: value for name, value in SPECIFICATION.items() if name != missing}

    with pytest.raises(InputError, match=rf" has no {missing}, got \['alias'.*deploy the kit again"):
        RunSpecification.from_json(earlier)


def test_a_run_keeps_the_keys_of_its_execution() -> None:
    assert a_run().to_json() == {
        "specification": SPECIFICATION,
        "deployment": "sup",
        "run_id": RUN_ID,
        "key": KEY,
        "dataset_sha256": a_run().dataset_sha256,
        "custom_model_name": f"sup-support-{RUN_ID}",
        "execution_name": f"support-{RUN_ID}",
    }


@pytest.mark.parametrize(
    ("model", "job_arn"),
    [({}, ""), ({"model": {"custom_model_arn": MODEL_ARN}}, ""), ({"model": {"job_arn": JOB_ARN}}, JOB_ARN)],
)
def test_a_run_is_read_from_the_state_of_its_execution(model: dict[str, Any], job_arn: str) -> None:
    state = {**a_run().to_json(), "check": {"trained": False}, **model}

    assert Run.from_json(state) == replace(a_run(), job_arn=job_arn)


def test_a_new_run_is_named_by_its_content() -> None:
    run = new_run(specification(), kit_deployment="sup", key=KEY, dataset_sha256="a" * 64)

    assert run.run_id == specification().run_id("a" * 64)
    assert run.custom_model_name == f"sup-support-{run.run_id}"
    assert run.execution_name == f"support-{run.run_id}"
    assert run.prefix == f"runs/support/{run.run_id}/"
    assert run.output_prefix == f"output/support/{run.run_id}/"
