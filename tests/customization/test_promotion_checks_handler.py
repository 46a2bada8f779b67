"""The handler of the checks: each action reaches its step. Stopped executions: test_leftovers.py."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from customization import invocation
from customization.handlers import promotion_checks
from customization.promotion_checks.after_promotion import AfterPromotion
from customization.promotion_checks.before_promotion import BeforePromotion
from kit_contract.errors import InputError
from tests.customization.aws import MODEL_ARN, RUN_ID, a_run


@pytest.mark.parametrize("action", [*promotion_checks.BEFORE, *promotion_checks.AFTER, "return_to_base", "abandon"])
def test_one_function_handles_the_checks(
    action: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Any] = []

    def answer(self: object, *more: str) -> dict[str, str]:
        given.append(more)
        return {"step": action}

    monkeypatch.setattr(BeforePromotion if action in promotion_checks.BEFORE else AfterPromotion, action, answer)
    monkeypatch.setattr(invocation, "client", lambda service: SimpleNamespace(converse=service))
    failure = {"Error": "CanaryError", "Cause": "{}"}
    event: Any = {"action": action, "run": a_run().to_json(), "custom_model_arn": MODEL_ARN}

    event |= {"failure": failure, "why": "worse"}

    assert promotion_checks.handler(event, None) == {"step": action}
    assert given == [{"return_to_base": ("worse",), "abandon": ("CanaryError", "{}")}.get(action, ())]
    assert json.loads(capsys.readouterr().err)["run_id"] == RUN_ID


def test_an_unknown_check_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invocation, "client", lambda service: SimpleNamespace(converse=service))

    event: Any = {"action": "pray", "run": a_run().to_json(), "custom_model_arn": ""}

    with pytest.raises(InputError, match=r"action must be one of begin, .*, got 'pray'"):
        promotion_checks.handler(event, None)
