"""What `kit deploy` tells of training after the deploy: what does not serve, with its cost."""

from types import SimpleNamespace
from typing import Any

import pytest

from deployment.config import DeploymentConfig, load_deployment_config
from deployment.costs import training as costs
from deployment.costs.lines import CostGroup, CostLine
from kit.deploy import training
from kit.deploy.training import check_retrain, report_training
from kit.training_deploy import kept, not_served, training_arguments
from kit_contract.errors import InputError
from kit_contract.evaluations import KEPT
from kit_contract.run_events import HELD_BACK, NOT_SERVED
from kit_contract.stacks import LOOK_CONTEXT, RESTORE_CONTEXT
from tests.deployment_file import shipped_file

CUSTOMIZATIONS = ("support", "support-eu")


@pytest.fixture
def config() -> DeploymentConfig:
    return load_deployment_config(shipped_file())


def clients_with(outcome: str) -> Any:
    outputs = [{"OutputKey": "SupportRun", "OutputValue": outcome}]
    stacks = SimpleNamespace(describe_stacks=lambda StackName: {"Stacks": [{"Outputs": outputs}]})
    return SimpleNamespace(cloudformation=stacks)


@pytest.fixture(autouse=True)
def _no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_report_kept_models", lambda config, clients: None)


def test_what_serves_is_not_told(config: DeploymentConfig, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_training(config, clients_with("attempt 1")) == 0
    assert capsys.readouterr().err == ""


def test_a_model_that_is_held_back_is_told_and_is_no_failure(
    config: DeploymentConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    code = report_training(config, clients_with(f"{HELD_BACK}the canary was worse; kit runs promote 0123"))

    assert code == 0
    assert "support keeps the model that serves: the canary was worse; kit runs promote" in capsys.readouterr().out


@pytest.mark.parametrize("allowed", ["kit deploy --retrain support", "kit deploy --retry-failed"])
def test_a_model_that_must_be_paid_for_again_is_told_with_its_cost(
    config: DeploymentConfig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, allowed: str
) -> None:
    group = CostGroup("training.support", "One run", (CostLine("training", "tokens", 1.25),))
    monkeypatch.setattr(costs, "training_groups", lambda config, datasets: [group])

    code = report_training(config, clients_with(f"{NOT_SERVED}gone; allow it with {allowed}"))

    assert code == 1
    error = capsys.readouterr().err
    assert f"support does not serve: gone; allow it with {allowed} (about 1.25 USD)" in error


def test_only_customizations_of_the_file_can_be_trained_again(config: DeploymentConfig) -> None:
    check_retrain(config, ["support"])
    with pytest.raises(InputError, match=r"got sales; allowed: support$"):
        check_retrain(config, ["sales", "support"])


def test_a_look_ingests_no_document_again() -> None:
    """Another time is a change for CloudFormation."""
    assert training_arguments(None) == []
    assert training_arguments("now") == ["-c", "look_again=now"]
    assert training_arguments("now", CUSTOMIZATIONS)[2:] == ["-c", "retrain=support,support-eu"]
    assert training_arguments("now", retry_failed=True)[2:] == ["-c", "retry_failed=true"]
    assert LOOK_CONTEXT != RESTORE_CONTEXT


def test_the_outcome_of_each_customization_is_read() -> None:
    outputs = {"SupportRun": "attempt 1", "SupportEuRun": f"{NOT_SERVED}busy"}

    assert not_served(CUSTOMIZATIONS, outputs) == {"support-eu": "busy"}
    assert not_served(CUSTOMIZATIONS, {}) == {}
    assert kept(CUSTOMIZATIONS, {"SupportRun": f"{KEPT}token_f1 at least 0.5: failed"}) == {
        "support": "token_f1 at least 0.5: failed"
    }
