"""Every boto3 call that the tests saw the Lambda code make is a request that its role's cases ask for.

calls.json is the record of a whole run, so that this test says something when it runs alone; after a change of the code
`KIT_RECORD_CALLS=1 make test` writes it anew.
"""

import json
import os
from pathlib import Path

import pytest

from tests.iam.callers import CALLERS, NOT_IN_A_STACK, SHARED, actions_of
from tests.iam.recorded_calls import LAMBDA, RECORDED, Call
from tests.iam.test_policies import ROLES

# Their policies are being reworked; their cases follow with them.
NOT_YET = {path.relative_to(LAMBDA).as_posix() for path in LAMBDA.glob("provisioned_capacity/*.py")}
NOT_YET |= {"customization/promotion.py", "custom_resources/provisioned_throughput.py"}
NOT_YET |= {"custom_resources/throughput_calls.py"}
FILE = Path(__file__).with_name("calls.json")


def _entry(call: Call) -> str:
    """The innermost module that has a role of its own, within the package that was entered first."""
    package = call.modules[0].partition("/")[0]
    own = [module for module in call.modules if module in CALLERS and module.startswith(f"{package}/")]
    return own[-1] if own else ""


def _rows(calls: set[Call]) -> list[list[str]]:
    return [
        list(row) for row in sorted({(_entry(call), call.service, call.operation) for call in calls if _entry(call)})
    ]


@pytest.fixture(scope="module")
def known() -> list[list[str]]:
    if os.environ.get("KIT_RECORD_CALLS"):
        FILE.write_text(json.dumps(_rows(RECORDED), indent=1) + "\n", encoding="utf-8")
    rows: list[list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return rows


def test_the_record_holds_every_call_of_this_run(known: list[list[str]], request: pytest.FixtureRequest) -> None:
    recorded = _rows(RECORDED)

    assert [row for row in recorded if row not in known] == []
    if request.config.args == [str(request.config.rootpath / "tests")] or not request.config.invocation_params.args:
        assert [row for row in known if row not in recorded] == [], "calls that no test makes any more"


def test_every_module_that_calls_aws_has_a_role() -> None:
    strangers = {call.modules for call in RECORDED if not _entry(call) and call.modules[0] not in NOT_YET}
    strangers -= {(module,) for module in SHARED}

    assert strangers == set()


def test_every_recorded_call_is_among_its_roles_cases(known: list[list[str]]) -> None:
    missing = [
        f"{role}: {action} ({module})"
        for module, service, operation in known
        if (module, operation) not in NOT_IN_A_STACK
        for role in CALLERS[module]
        for action in actions_of(service, operation)
        if action not in {request.action for request in ROLES[role].allowed}
    ]

    assert missing == []
    assert len(known) > 20
