"""Settings that are too long for their parameter: the message names them, with their bytes, and not the section."""

import json

from deployment.checks.specification_size import advice
from deployment.checks.template_limits import template_faults
from kit_contract.evaluations import Threshold
from kit_contract.promotion_checks import PromotionChecks
from tests.customization.aws import specification
from tests.customization.evaluation.account import settings

QUOTES = '"' * 150
LONG = specification(
    promotion=PromotionChecks(smoke_prompts=(QUOTES,) * 10, canary_percent=10),
    evaluation=settings(metrics={name: Threshold(0.5, 0.0) for name in ("exact_match", "token_f1", "rouge_l")}),
    method_settings="x" * 700,
)


def fault(value: str) -> str:
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/a", "Type": "String", "Value": value}}
    (found,) = template_faults("sup-training", "us-east-1", json.dumps({"Resources": {"P": parameter}}))
    return found


def test_the_longest_settings_are_named_as_deployment_toml_has_them() -> None:
    found = fault(json.dumps(LONG.to_json()))

    assert "bytes of value, allowed: 4,096 for the parameter /a; shorten what is long in" in found
    assert "[training.customizations.support], in bytes: promotion.smoke_prompts 3,031, method_settings 702, " in found
    assert "a quotation mark, a backslash and a line break count twice" in found
    assert "remove [training" not in found


def test_what_the_kit_made_is_not_for_a_person_to_shorten() -> None:
    found = advice(json.dumps(specification(evaluation=settings(topic_arn="arn:" * 100)).to_json()))

    assert "topic" not in found
    assert "evaluation.baseline_model 24" in found


def test_other_parameters_keep_their_advice() -> None:
    assert "remove [training.customizations.*] sections" in fault("x" * 5000)
    assert advice("[]") == advice("{}") == ""
