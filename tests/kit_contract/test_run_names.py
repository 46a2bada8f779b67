"""Names from content: what changes a run, what does not, and Bedrock's rules for names."""

import re
from dataclasses import replace

import pytest

from deployment.checks.training import MAX_MODEL_OWNER
from kit_contract import run_names
from tests.customization.aws import specification

SHA = "a" * 64


@pytest.mark.parametrize(
    "change",
    [
        {"base_model": "amazon.nova-lite-v1:0:300k"},
        {"method": "CONTINUED_PRE_TRAINING"},
        {"hyperparameters": {"epochCount": "3"}},
        {"validation_key": "data/support/validation/0123.jsonl"},
    ],
)
def test_what_changes_the_model_changes_the_run(change: dict[str, object]) -> None:
    assert specification(**change).run_id(SHA) != specification().run_id(SHA)


def test_other_data_is_another_run() -> None:
    assert specification().run_id("b" * 64) != specification().run_id(SHA)


@pytest.mark.parametrize("change", [{"alias": "other"}, {"serving": "provisioned"}, {"role_arn": "other"}])
def test_what_does_not_change_the_model_keeps_the_run(change: dict[str, object]) -> None:
    assert specification(**change).run_id(SHA) == specification().run_id(SHA)


def test_the_order_of_hyperparameters_keeps_the_run() -> None:
    values = {"epochCount": "2", "learningRate": "0.00001"}
    one, two = (specification(hyperparameters=dict(order)) for order in (values.items(), reversed(values.items())))

    assert one.run_id(SHA) == two.run_id(SHA)


def test_the_run_ids_of_earlier_releases_are_kept() -> None:
    """Another id for the same content would train, and bill, every customization again."""
    assert specification().run_id(SHA) == "073f302a89769e4f"
    assert replace(specification(), validation_key="data/support/validation/0.jsonl").run_id(SHA) == "474926f5af51e42a"


@pytest.mark.parametrize(
    ("deployment", "customization"), [("sup", "support"), ("d" * 31, "c-" * 7), ("d" * 15, "c" * 30)]
)
def test_model_names_keep_bedrocks_rules(deployment: str, customization: str) -> None:
    """The longest owner that synth accepts leaves room for the run id."""
    customization = customization.rstrip("-")
    assert len(f"{deployment}-{customization}") <= MAX_MODEL_OWNER

    name = run_names.custom_model_name(deployment, customization, specification().run_id(SHA))

    assert re.fullmatch(r"([0-9a-zA-Z][_-]?){1,63}", name)
    assert len(name) <= 63


@pytest.mark.parametrize("attempt", [1, 2, 20])
@pytest.mark.parametrize("customization", ["support", "c" * 40])
def test_a_job_and_its_execution_belong_to_their_customization(customization: str, attempt: int) -> None:
    execution = run_names.execution_name(customization, "0123456789abcdef", attempt)
    job = run_names.job_name("sup", customization, execution, "20261124023000")

    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9+\-.])*", job)
    assert len(job) <= 63
    assert run_names.is_execution_of(execution, customization)
    assert run_names.is_job_of(job, "sup", customization)
    assert not run_names.is_execution_of(execution, f"{customization}-eu")
    assert not run_names.is_job_of(job, "sup", f"{customization}-eu")
    assert not run_names.is_job_of(job, "sap", customization)


@pytest.mark.parametrize("customization", ["support", "c" * 40])
def test_jobs_that_two_deployments_start_in_the_same_second_have_two_names(customization: str) -> None:
    execution = run_names.execution_name(customization, "0123456789abcdef")

    one, two = (run_names.job_name(name, customization, execution, "20261124023000") for name in ("sup", "sap"))

    assert one != two


@pytest.mark.parametrize("customization", ["support", "c" * 45])
def test_the_jobs_of_earlier_releases_are_known(customization: str) -> None:
    job = f"{customization}-0123456789abcdef-2-20261124023000"[-63:].lstrip("-")

    assert run_names.is_job_of(job, "sup", customization)
    assert not run_names.is_job_of(job, "sup", f"{customization}-eu")


@pytest.mark.parametrize("name", ["support-0123456789abcdef", "arn:aws:states:x:1:execution:M:a-0123456789abcdef-12"])
def test_the_run_is_in_the_executions_name(name: str) -> None:
    assert run_names.run_of(name) == "0123456789abcdef"
    assert run_names.run_of("by-hand") == ""
