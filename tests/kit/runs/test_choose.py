"""How a run is named on the command line."""

import pytest

from kit.runs.choose import choose
from kit.runs.command import ACTIONS
from kit.runs.deployed import Deployed
from kit.runs.lookup import all_runs
from kit_contract.errors import InputError
from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import ONE, TWO
from tests.kit.runs.fake_aws import FakeAws

LIKE_TWO = "fedc" + "0" * 12


@pytest.fixture
def aws(aws: FakeAws) -> FakeAws:
    from datetime import timedelta

    aws.add_run(ago=timedelta(hours=9))
    aws.add_run(TWO, ago=timedelta(hours=5))
    aws.add_run(LIKE_TWO, customization="sales", ago=timedelta(hours=3))
    aws.add_run(ONE, customization="help", ago=timedelta(hours=7))
    return aws


@pytest.mark.parametrize(
    ("wanted", "of_one", "found"),
    [
        ("support", None, ("support", TWO)),  # the newest
        ("fedcb", None, ("support", TWO)),
        ("FEDC0", None, ("sales", LIKE_TWO)),
        (f"help-{ONE}-2", None, ("help", ONE)),
        (f"arn:aws:states:us-east-1:111122223333:execution:Workflow:sales-{LIKE_TWO}", None, ("sales", LIKE_TWO)),
        ("0", "support", ("support", ONE)),
        ("fedc", "sales", ("sales", LIKE_TWO)),
    ],
)
def test_a_run_is_found(stack: Deployed, wanted: str, of_one: str | None, found: tuple[str, str]) -> None:
    run = choose(all_runs(stack), wanted, of_one)

    assert (run.customization, run.run_id) == found


@pytest.mark.parametrize(
    ("wanted", "of_one", "message"),
    [
        ("fedc", None, f"got 'fedc', which 2 have; give more of its id:\n  {LIKE_TWO}  sales, succeeded"),
        (ONE, None, "which 2 have; add --customization:"),
        ("abc", None, f"got 'abc'; the newest runs are:\n  {LIKE_TWO}  sales"),
        ("abc", "help", f"the newest runs of help are:\n  {ONE}  help"),
        ("abc", "nobody", "must be a run of nobody, got 'abc'; there are none yet"),
        ("", None, "the newest runs are"),
    ],
)
def test_what_names_no_single_run_is_answered_with_candidates(
    stack: Deployed, wanted: str, of_one: str | None, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        choose(all_runs(stack), wanted, of_one)

    assert message in str(refused.value)


def test_an_unknown_run_ends_every_action_with_its_candidates(runs: Runs) -> None:
    for action in sorted(set(ACTIONS) - {"list", "history", "rollback", "export"}):  # no run, or an alias
        words = ("abc", "fedcb") if action == "compare" else ("abc",)
        code, printed, error = runs(action, *words)
        assert (code, printed) == (2, ""), action
        assert error.startswith(f"kit runs {action}: ") or error.startswith("kit runs: "), action
        assert f"{TWO}  support, succeeded" in error


def test_a_deployment_without_training_says_so(aws: FakeAws, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    from kit.runs import chosen
    from kit.runs.deployed import deployed

    monkeypatch.setattr(chosen, "connect", lambda *_, **__: deployed("sap", "us-east-1", aws.client))

    code, _, error = runs("list")

    assert code == 1
    assert "stack sap-training does not exist: this deployment has no [training]" in error


def test_a_stack_of_an_earlier_release_says_what_to_do(aws: FakeAws, runs: Runs) -> None:
    del aws.outputs["RunStarter"]
    aws.add_run("a" * 16, status="FAILED", error="States.TaskFailed")

    code, _, error = runs("retry", "aaaa")

    assert code == 1
    assert "stack sup-training has no output RunStarter; deploy it again" in error


def test_an_unknown_customization_is_told_with_those_there_are(aws: FakeAws, runs: Runs) -> None:
    aws.add_run("a" * 16)

    for words in (["list"], ["show", "support"], ["plot", "support"], ["delete", "support"], ["stop", "support"]):
        code, printed, error = runs(*words, "--customization", "suport")

        assert (code, printed) == (2, ""), words
        assert "--customization must be one that is deployed or has runs: " in error
        assert "support" in error
        assert "; got 'suport'" in error
