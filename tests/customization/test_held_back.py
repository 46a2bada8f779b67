"""A hold is one customization's: it goes with it to another name or alias, and not to a copy that has neither."""

from typing import Any

import pytest

from customization.held_back import release, why_held_back
from kit_contract.runs import Run
from tests.customization.aws import a_run
from tests.customization.starting import RUN, Starting

PATH = f"/bedrock-kit/sup/held-back/{RUN}"
HOLD = {"customization": "support", "alias": "support-bot", "reason": "rolled back"}
OF_A_COPY = {"customization": "copy", "alias": "copy-bot", "reason": "the canary was worse"}


def run_of(**changes: Any) -> Run:
    given = a_run(**changes).to_json()
    return Run.from_json({**given, "run_id": RUN})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "rolled back"),
        ({"customization": "help"}, "rolled back"),  # renamed
        ({"alias": "help-bot"}, "rolled back"),  # its alias was renamed
        ({"customization": "copy", "alias": "copy-bot"}, "the canary was worse"),
        ({"customization": "third", "alias": "third-bot"}, ""),
    ],
)
def test_for_whom_a_run_is_held_back(changes: dict[str, str], expected: str) -> None:
    aws = Starting().with_holds({"support": HOLD, "copy": OF_A_COPY})

    assert why_held_back(aws.ssm_client, run_of(**changes)) == expected


def test_what_an_earlier_release_held_back_stays_so_for_everybody() -> None:
    aws = Starting().with_holds({}, {"customization": "support", "reason": "rolled back"})

    assert why_held_back(aws.ssm_client, run_of(customization="third", alias="third-bot")) == "rolled back"


def test_a_release_leaves_the_hold_of_a_copy() -> None:
    aws = Starting().with_holds({"support": HOLD, "copy": OF_A_COPY})
    deleted: list[str] = []
    aws.ssm_client.meta.events.register(
        "provide-client-params.ssm.DeleteParameters", lambda params, **_: deleted.extend(params["Names"])
    )
    for _ in range(2):
        aws.ssm.add_response("delete_parameters", {})

    release(aws.ssm_client, run_of())

    assert sorted(deleted) == [PATH, f"{PATH}/support"]
    aws.all_called()
