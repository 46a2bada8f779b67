"""Settings of a job: hyperparameters of the base model, and what is refused because it can't be honoured."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import openai
import pytest

from tests.fine_tuning_api.fake_aws import BASE, FakeAws, specification


def test_hyperparameters_are_part_of_the_run(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    first = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    second = client.fine_tuning.jobs.create(
        model="support",
        training_file=file_id,
        method={
            "type": "supervised",
            "supervised": {
                "hyperparameters": {"n_epochs": 3, "learning_rate_multiplier": 2, "batch_size": "auto"},
            },
        },
    )
    third = client.fine_tuning.jobs.create(model="support", training_file=file_id, hyperparameters={"n_epochs": 2})

    assert second.id != first.id == third.id
    assert aws.starts[1]["hyperparameters"] == {"epochCount": "3", "learningRate": "0.00002"}
    assert second.hyperparameters.n_epochs == 3
    assert second.hyperparameters.learning_rate_multiplier == 2
    assert second.hyperparameters.batch_size == "auto"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n_epochs": 6}, "n_epochs must be a whole number from 1 to 5 for amazon.nova-micro"),
        ({"n_epochs": 1.5}, "a whole number"),
        ({"batch_size": 4}, "batch_size is not one of amazon.nova-micro.*It has n_epochs, learning_rate_multiplier"),
        ({"learning_rate_multiplier": 20}, "must be 0.1 to 10"),
        ({"beta": 1}, "beta is not a field"),
        ({"n_epochs": "three"}, "must be a number"),
    ],
)
def test_hyperparameters_that_the_base_model_does_not_take(
    aws: FakeAws, client: openai.OpenAI, file_id: str, given: Any, message: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=message):
        client.fine_tuning.jobs.create(model="support", training_file=file_id, hyperparameters=given)

    assert aws.starts == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"suffix": "v2"}, "suffix can't be used"),
        ({"seed": 42}, "seed can't be used: Bedrock takes no seed"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations can't be used"),
        ({"method": {"type": "dpo"}}, "method.type must be supervised, got dpo"),
        ({"metadata": {"a": 1}}, "metadata must be"),
        ({"extra_body": {"priority": 1}}, "priority is not a field"),
        ({"model": "gpt-4o-mini"}, r"not a customization of this deployment; .*support \(alias support-bot\)"),
    ],
)
def test_what_is_not_honoured_is_refused(
    aws: FakeAws, client: openai.OpenAI, file_id: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=message):
        client.fine_tuning.jobs.create(**{"model": "support", "training_file": file_id, **given})

    assert aws.starts == []


def test_a_base_model_of_two_customizations_and_another_method(
    aws: FakeAws, client: openai.OpenAI, file_id: str
) -> None:
    aws.specifications = [specification(), specification("sales", method="DISTILLATION")]

    with pytest.raises(openai.BadRequestError, match="base model of several customizations; name one of them"):
        client.fine_tuning.jobs.create(model=BASE, training_file=file_id)
    with pytest.raises(openai.BadRequestError, match="sales is trained by DISTILLATION"):
        client.fine_tuning.jobs.create(model="sales", training_file=file_id)


@pytest.mark.parametrize("name", ["n_epochs", "learning_rate_multiplier"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1e999", "1" + 400 * "0"])
def test_numbers_that_are_none_are_refused(url: str, file_id: str, name: str, value: str) -> None:
    body = f'{{"model": "support", "training_file": "{file_id}", "hyperparameters": {{"{name}": {value}}}}}'
    headers = {"Authorization": "Bearer trainer", "Content-Type": "application/json"}

    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{url}/fine_tuning/jobs", data=body.encode(), headers=headers))

    assert refused.value.code == 400
