"""The checks around a promotion with stubbed clients, and what they find in the account."""

import json
from typing import Any

from botocore.stub import ANY

from customization.promotion_checks.after_promotion import AfterPromotion
from customization.promotion_checks.before_promotion import BeforePromotion
from customization.promotion_checks.checking import Checking
from kit_contract.promotion_checks import PromotionChecks
from kit_contract.runs import Run
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, RUN_ID, a_run, stubbed
from tests.customization.promoting import DEPLOYMENT_ARN, NOW, OURS

NOW_SECONDS = 1_800_000_000
TIMESTAMP = "2027-01-15T08:00:00Z"
CANDIDATE = "sup-support-candidate"
CANDIDATE_ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/candidatecan"
SETTINGS = "/bedrock-kit/sup/customizations/support"
PROMOTED = f"{SETTINGS}/promoted"
SERVING = "/bedrock-kit/sup/aliases/support-bot/serving"
HELD_BACK = f"/bedrock-kit/sup/held-back/{RUN_ID}/support"
EARLIER_RUN = "fedcba9876543210"
SERVES: dict[str, Any] = {
    "target_arn": DEPLOYMENT_ARN,
    "kind": "custom-model-deployment",
    "custom_model_arn": OTHER_MODEL_ARN,
    "run_id": EARLIER_RUN,
}
ALL_CHECKS = PromotionChecks(
    smoke_prompts=("Hello", "What do you cost?"), canary_percent=10, canary_minutes=30, watch_minutes=60, keep_models=2
)


def checked_run(checks: PromotionChecks | None = ALL_CHECKS, **changes: Any) -> Run:
    return a_run(promotion=checks, **changes)


class CheckingAws:
    """`answers`: what the model says to the smoke prompts, or raises."""

    def __init__(self, run: Run | None = None, *answers: Any, **state: Any) -> None:
        self.run = run or checked_run()
        bedrock, self.bedrock = stubbed("bedrock")
        cloudwatch, self.cloudwatch = stubbed("cloudwatch")
        ssm, self.ssm = stubbed("ssm")
        self.asked: list[dict[str, Any]] = []
        self.answers = list(answers)
        self.checking = Checking(
            state={**self.run.to_json(), **state},
            model_arn=MODEL_ARN,
            bedrock=bedrock,
            cloudwatch=cloudwatch,
            converse=self._converse,
            ssm=ssm,
            now=NOW_SECONDS,
        )
        self.before, self.after = BeforePromotion(self.checking), AfterPromotion(self.checking)

    def _converse(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"output": {"message": {"content": [{"text": answer}]}}, "stopReason": "end_turn"}

    def with_settings(self, run: Run | None = None) -> "CheckingAws":
        """What is deployed now; without `run`, what the run was started with."""
        return self.with_parameter(SETTINGS, (run or self.run).specification.to_json())

    def with_parameter(self, name: str, value: Any) -> "CheckingAws":
        if value is None:
            self.ssm.add_client_error("get_parameter", "ParameterNotFound", expected_params={"Name": name})
        else:
            self.ssm.add_response("get_parameter", {"Parameter": {"Value": json.dumps(value)}}, {"Name": name})
        return self

    def writes(self, name: str, value: Any = ANY) -> "CheckingAws":
        given = value if value is ANY else json.dumps(value)
        self.ssm.add_response("put_parameter", {}, {"Name": name, "Value": given, "Type": "String", "Overwrite": True})
        return self

    def deletes(self, name: str) -> "CheckingAws":
        self.ssm.add_response("delete_parameters", {}, {"Names": [name]})
        return self

    def with_candidate(self, status: str | None = "Active") -> "CheckingAws":
        """`status` of None: there is none."""
        expected = {"customModelDeploymentIdentifier": CANDIDATE}
        if status is None:
            self.bedrock.add_client_error(
                "get_custom_model_deployment", "ResourceNotFoundException", expected_params=expected
            )
            return self
        named = {"customModelDeploymentArn": CANDIDATE_ARN, "modelDeploymentName": CANDIDATE, "createdAt": NOW}
        answer = {**named, "modelArn": MODEL_ARN, "status": status}
        self.bedrock.add_response("get_custom_model_deployment", answer, expected)
        return self

    def creates_candidate(self) -> "CheckingAws":
        self.with_candidate(None)
        expected = {
            "modelDeploymentName": CANDIDATE,
            "modelArn": MODEL_ARN,
            "tags": [*OURS, {"key": "bedrock-kit:execution", "value": self.run.execution_name}],
            "clientRequestToken": f"{self.run.token}-candidate",
        }
        answer = {"customModelDeploymentArn": CANDIDATE_ARN}
        self.bedrock.add_response("create_custom_model_deployment", answer, expected)
        return self

    def measures(
        self, requests: int, errors: int = 0, refusals: int = 0, milliseconds: float = 500.0, status: str = "Complete"
    ) -> "CheckingAws":
        """Of the next variant that is asked for, in two pages."""
        answered = requests - errors
        values = {
            "requests": [requests],
            "errors": [errors],
            "refusals": [refusals],
            "answers": [answered],
            "milliseconds": [answered * milliseconds],
        }
        for page, token in ((("requests", "errors"), "more"), (("refusals", "answers", "milliseconds"), None)):
            results = [{"Id": name, "Values": values[name], "StatusCode": status} for name in page]
            answer: dict[str, Any] = {"MetricDataResults": results, **({"NextToken": token} if token else {})}
            self.cloudwatch.add_response("get_metric_data", answer)
        return self

    def all_called(self) -> None:
        for stubber in (self.bedrock, self.cloudwatch, self.ssm):
            stubber.assert_no_pending_responses()
