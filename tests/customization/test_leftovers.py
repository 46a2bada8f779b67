"""A stopped execution closes its canary, and deletes its candidate when no request can use it any more."""

import json
import time
from typing import Any

import pytest

from customization import invocation
from customization.handlers import promotion_checks
from customization.promotion_checks.after_promotion import DRAIN_SECONDS
from customization.promotion_checks.leftovers import BUSY_SECONDS
from customization.promotion_targets.target import PromotionBusyError
from kit_contract.promotion_checks import PromotionChecks
from tests.customization.aws import MODEL_ARN, RUN_ID, a_run
from tests.customization.evaluation.account import OWNER, SERVING, SPECIFICATION, Account, settings

CANDIDATE = "sup-support-candidate"
CHECKED = a_run(promotion=PromotionChecks(canary_percent=10))
BOTH = a_run(promotion=PromotionChecks(canary_percent=10), evaluation=settings())
EVALUATED = a_run(evaluation=settings())
NEXT = f"support-{RUN_ID}-2"


def claimed(execution: str = CHECKED.execution_name) -> list[dict[str, str]]:
    return [*OWNER, {"key": "bedrock-kit:execution", "value": execution}]


class Stopped:
    """An account with a candidate, and what happens in it while the sweep sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = Account()
        self.account.parameters[SPECIFICATION] = json.dumps(CHECKED.specification.to_json())
        self.slept: list[tuple[float, bool, bool]] = []  # seconds, whether the canary is open, the candidate there
        self.meanwhile: list[Any] = []
        self.now = 0.0
        monkeypatch.setattr(invocation, "client", self.account.client)
        monkeypatch.setattr(time, "sleep", self._sleep)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def _sleep(self, seconds: float) -> None:
        is_open = "canary" in json.loads(self.account.parameters.get(SERVING, "{}"))
        self.slept.append((seconds, is_open, CANDIDATE in self.account.deployments))
        self.now += seconds
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def sweep(self, run: Any = CHECKED) -> Any:
        event = {"detail": {"status": "ABORTED", "input": json.dumps(run.to_json())}}
        return promotion_checks.handler(event, None)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Stopped:
    return Stopped(monkeypatch)


@pytest.mark.parametrize("run", [CHECKED, BOTH])
def test_the_candidate_outlives_its_canary_by_the_longest_request(stopped: Stopped, run: Any) -> None:
    stopped.account.deploy(CANDIDATE, MODEL_ARN, tags=claimed())
    stopped.account.parameters[SERVING] = json.dumps({"canary": {"run_id": RUN_ID}})

    assert stopped.sweep(run) == {"deleted": True}
    assert stopped.slept == [(300, False, True)]
    assert stopped.account.deployments[CANDIDATE]["found"]["status"] == "Deleting"


def test_nobody_but_an_evaluation_uses_the_candidate_of_one_without_checks(stopped: Stopped) -> None:
    stopped.account.deploy(CANDIDATE, MODEL_ARN, tags=claimed())

    assert stopped.sweep(EVALUATED) == {"deleted": True}
    assert stopped.slept == []


def test_one_that_is_being_created_is_deleted_after_that(stopped: Stopped) -> None:
    stopped.account.deploy(CANDIDATE, MODEL_ARN, status="Creating", tags=claimed())
    found = stopped.account.deployments[CANDIDATE]["found"]
    stopped.meanwhile = [lambda: None, lambda: found.update(status="Active")]

    assert stopped.sweep() == {"deleted": True}
    assert [seconds for seconds, *_ in stopped.slept] == [300, 20]


def test_one_that_stays_busy_is_reported_before_the_function_ends(stopped: Stopped) -> None:
    stopped.account.deploy(CANDIDATE, MODEL_ARN, status="Creating", tags=claimed())

    with pytest.raises(PromotionBusyError):
        stopped.sweep()
    assert stopped.now <= DRAIN_SECONDS + BUSY_SECONDS < 900


@pytest.mark.parametrize("tags", [OWNER, claimed(NEXT)])
def test_the_candidate_of_another_execution_stays(stopped: Stopped, tags: list[dict[str, str]]) -> None:
    stopped.account.deploy(CANDIDATE, MODEL_ARN, tags=tags)

    assert stopped.sweep() == {"deleted": False}
    assert stopped.slept == []
    assert stopped.account.asked("DeleteCustomModelDeployment") == []


def test_the_next_attempt_keeps_the_candidate_that_it_takes_over_meanwhile(stopped: Stopped) -> None:
    stopped.account.deploy(CANDIDATE, MODEL_ARN, tags=claimed())
    stopped.meanwhile = [lambda: stopped.account.deployments[CANDIDATE].update(tags=claimed(NEXT))]

    assert stopped.sweep() == {"deleted": False}
    assert stopped.account.asked("DeleteCustomModelDeployment") == []


def test_one_that_goes_already_is_not_deleted_twice(stopped: Stopped) -> None:
    stopped.account.deploy(CANDIDATE, MODEL_ARN, tags=claimed())
    stopped.sweep()
    stopped.account.deployments[CANDIDATE]["found"]["looks"] = 5

    assert stopped.sweep() == {"deleted": False}
    assert len(stopped.account.asked("DeleteCustomModelDeployment")) == 1


def test_a_run_without_candidates_leaves_nothing(stopped: Stopped) -> None:
    assert stopped.sweep(a_run()) == {"deleted": False}
    assert stopped.account.calls == []
