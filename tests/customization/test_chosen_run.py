"""A person's choice: what is started, what gives way, and what the next deploy makes of it."""

import json
from typing import Any

import pytest

from customization.chosen_run import choose_run
from customization.earlier_attempts import StartError
from kit_contract.promotion_checks import PromotionChecks
from kit_contract.run_events import HELD_BACK, ChooseRequest, StartResult
from tests.customization.aws import KEY, MACHINE, MODEL_ARN, OTHER_MODEL_ARN, specification
from tests.customization.starting import PARAMETER, RUN, Starting, arn_of, listed

OF = {"customization": "support", "alias": "support-bot"}
NOW = "2026-11-24T00:00:00Z"
OTHER_RUN = "fedcba9876543210"
TRAINING_RUN = "aaaabbbbccccdddd"
SERVING = "/bedrock-kit/sup/aliases/support-bot/serving"
SERVES: dict[str, Any] = {"target_arn": "arn:x", "custom_model_arn": OTHER_MODEL_ARN, "run_id": OTHER_RUN}


def choice(*, checked: bool = False) -> ChooseRequest:
    return {
        "customization": "support",
        "choose": RUN,
        "instead_of": [OTHER_RUN, RUN],
        "reason": "rolled back by Ada",
        "checked": checked,
    }


class Choosing(Starting):
    def with_checks(self) -> "Choosing":
        settings = specification(promotion=PromotionChecks(canary_percent=10)).to_json()
        self.with_parameter(PARAMETER, settings)
        return self

    def with_running(self, *names: str) -> "Choosing":
        listed(self.states, list(names))
        return self

    def model_of(self, run: str, status: str | None = "Active") -> "Choosing":
        """`status` of None: it has none."""
        asked = {"nameContains": run, "isOwned": True, "sortBy": "CreationTime", "sortOrder": "Descending"}
        summary = {
            "modelArn": MODEL_ARN,
            "modelName": f"sup-support-{run}",
            "creationTime": 0,
            "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
            "baseModelName": "Nova Micro",
            "modelStatus": status,
        }
        self.bedrock.add_response("list_custom_models", {"modelSummaries": [summary] if status else []}, asked)
        if status:
            self.with_owner(MODEL_ARN, "sup")
        return self

    def stops(self, name: str) -> "Choosing":
        cause = f"run {RUN} was chosen: rolled back by Ada"
        expected = {"executionArn": arn_of(name), "error": "Superseded", "cause": cause}
        self.states.add_response("stop_execution", {"stopDate": 0}, expected)
        return self

    def ends_checks(self, serving: Any) -> "Choosing":
        self.with_parameter(SERVING, serving)
        kept = {key: value for key, value in serving.items() if key not in ("canary", "watch")}
        if kept != serving:
            self.puts(SERVING, kept)
        return self

    def puts(self, name: str, value: Any) -> None:
        expected = {"Name": name, "Value": json.dumps(value), "Type": "String", "Overwrite": True}
        self.ssm.add_response("put_parameter", {}, expected)

    def decides(self) -> "Choosing":
        released = f"/bedrock-kit/sup/held-back/{RUN}"
        self.with_holds({})
        self.ssm.add_response("delete_parameters", {}, {"Names": [released]})
        value = {**OF, "reason": "rolled back by Ada", "held_back_at": NOW}
        self.puts(f"/bedrock-kit/sup/held-back/{OTHER_RUN}/support", value)
        return self

    def starts(self, name: str) -> "Choosing":
        self.inputs: list[dict[str, Any]] = []
        self.states.client.meta.events.register(
            "before-parameter-build.sfn.StartExecution", lambda params, **_: self.inputs.append(dict(params))
        )
        self.states.add_response("start_execution", {"executionArn": arn_of(name), "startDate": 0})
        return self

    def choose(self, request: ChooseRequest) -> StartResult:
        result = choose_run(request, self.starter, bedrock=self.bedrock_client, ssm=self.ssm_client, now=NOW)
        self.all_called()
        return result


def test_the_model_of_an_earlier_run_is_promoted_without_a_job() -> None:
    choosing = Choosing().with_checks().model_of(RUN).with_running().ends_checks(SERVES).decides()
    choosing.with_attempts("SUCCEEDED", "FAILED")
    choosing.starts(f"support-{RUN}-3")

    result = choosing.choose(choice())

    assert (result["started"], result.get("execution_arn")) == (True, arn_of(f"support-{RUN}-3"))
    (request,) = choosing.inputs
    run = json.loads(request["input"])
    assert (request["stateMachineArn"], request["name"]) == (MACHINE, f"support-{RUN}-3")
    assert (run["run_id"], run["chosen"], run["execution_name"]) == (RUN, "rolled back by Ada", f"support-{RUN}-3")
    assert "promotion" not in run["specification"]  # a way back has no time for a canary


def test_a_choice_with_checks_has_those_of_the_settings() -> None:
    choosing = Choosing().with_checks().model_of(RUN).with_running().ends_checks(SERVES).decides()
    choosing.with_attempts()
    choosing.starts(f"support-{RUN}").choose(choice(checked=True))

    assert json.loads(choosing.inputs[0]["input"])["specification"]["promotion"] == {"canary_percent": 10}


def test_promotions_and_checks_give_way_and_a_job_goes_on() -> None:
    """A canary of another run, and the chosen run's own; what is being trained was paid for."""
    watched = {**SERVES, "watch": {"run_id": OTHER_RUN}}
    running = (f"support-{OTHER_RUN}", f"support-{TRAINING_RUN}", f"sales-{OTHER_RUN}")
    choosing = Choosing().with_checks().model_of(RUN).with_running(*running)
    choosing.model_of(OTHER_RUN).stops(f"support-{OTHER_RUN}").model_of(TRAINING_RUN, None)
    choosing.ends_checks(watched).decides().with_attempts()
    choosing.starts(f"support-{RUN}")

    assert choosing.choose(choice())["started"] is True


@pytest.mark.parametrize(("status", "told"), [(None, "was deleted, or never trained"), ("Creating", "is Creating")])
def test_a_run_without_a_model_cannot_be_chosen(status: str | None, told: str) -> None:
    choosing = Choosing().with_checks().model_of(RUN, status)

    with pytest.raises(StartError, match=f"the custom model of run {RUN} {told}; choose another one: kit runs history"):
        choosing.choose(choice())


def test_the_base_model_serves_again_without_an_execution() -> None:
    choosing = Choosing().with_checks().with_running().ends_checks(SERVES)
    value = {**OF, "reason": "rolled back by Ada", "held_back_at": NOW}
    choosing.puts(f"/bedrock-kit/sup/held-back/{OTHER_RUN}/support", value)
    choosing.ssm.add_response("delete_parameters", {}, {"Names": [SERVING]})
    promoted = {"custom_model_arn": "", "run_id": "", "promoted_at": NOW, "why": "rolled back by Ada"}
    choosing.puts(f"{PARAMETER}/promoted", promoted)

    result = choosing.choose({**choice(), "choose": "base", "instead_of": [OTHER_RUN]})

    assert (result["started"], result["reason"]) == (False, "the base model serves")


def test_a_throughput_cannot_serve_the_base_model() -> None:
    choosing = Choosing()
    choosing.with_parameter(PARAMETER, specification(serving="provisioned").to_json())

    with pytest.raises(StartError, match="served by provisioned throughput; release it"):
        choosing.choose({**choice(), "choose": "base"})


def test_a_run_that_is_held_back_is_not_promoted_by_a_deploy() -> None:
    starting = Starting().with_data().with_attempts("FAILED").with_model().with_deployment(OTHER_MODEL_ARN)
    starting.held_back("the canary was worse")

    result = starting.starter.start("support", KEY)

    assert result["started"] is False
    assert result["reason"] == (f"{HELD_BACK}the canary was worse; to serve it all the same: kit runs promote {RUN}")
    starting.all_called()


def test_a_deploy_does_not_wait_for_a_canary() -> None:
    """It may take a day, and CloudFormation waits for an hour."""
    starting = Starting()
    checks = PromotionChecks(canary_percent=10)
    starting.with_parameter(PARAMETER, specification(promotion=checks).to_json()).with_object()
    starting.with_attempts("FAILED").with_model().with_serving(model=OTHER_MODEL_ARN).with_promoted(OTHER_MODEL_ARN)
    starting.with_deployment(OTHER_MODEL_ARN).held_back().with_start(f"support-{RUN}-2")

    result = starting.starter.start("support", KEY)

    assert (result["started"], result.get("promotes")) == (True, False)
    starting.all_called()


def test_a_deploy_waits_for_a_model_that_callers_had_before() -> None:
    starting = Starting()
    checks = PromotionChecks(canary_percent=10)
    starting.with_parameter(PARAMETER, specification(promotion=checks).to_json()).with_object()
    starting.with_attempts("SUCCEEDED").with_model().with_serving()
    starting.with_promoted().with_deployment(OTHER_MODEL_ARN).held_back().with_start(f"support-{RUN}-2")

    assert starting.starter.start("support", KEY).get("promotes") is True
    starting.all_called()


@pytest.mark.parametrize("key", ["canary", "watch"])
def test_other_data_ends_the_checks_of_an_earlier_run(key: str) -> None:
    """They may go on for hours, and the new model is what deployment.toml says."""
    starting = Choosing()
    starting.with_data().with_attempts().without_model().with_job(owner=None)
    checked = {**SERVES, key: {"run_id": OTHER_RUN}}
    starting.with_running(f"support-{OTHER_RUN}").with_parameter(SERVING, checked)
    expected = {"executionArn": arn_of(f"support-{OTHER_RUN}"), "error": "Superseded", "cause": f"run {RUN} began"}
    starting.states.add_response("stop_execution", {"stopDate": 0}, expected)
    starting.ends_checks(checked).starts(f"support-{RUN}")
    starting.takes_turn()

    assert starting.starter.start("support", KEY)["started"] is True
    starting.all_called()
