"""A starter with stubbed clients, and what it finds in the account."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from botocore.stub import ANY, Stubber

from customization.start_run import RunStarter
from tests.customization.aws import (
    BUCKET,
    JOB_ARN,
    KEY,
    MACHINE,
    MODEL_ARN,
    specification,
    streamed,
    stubbed,
)
from tests.customization.promoting import DEPLOYMENT_ARN

CONTENT = b'{"a": 1}\n' * 3
RUN = specification().run_id(hashlib.sha256(CONTENT).hexdigest())
BEGAN = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
PARAMETER = "/bedrock-kit/sup/customizations/support"
MODELS_ASKED = {"nameContains": RUN, "isOwned": True, "sortBy": "CreationTime", "sortOrder": "Descending"}


class Starting:
    """A starter with stubbed clients. Tests must use every queued answer."""

    def __init__(self) -> None:
        self.s3_client, self.s3 = stubbed("s3")
        self.ssm_client, self.ssm = stubbed("ssm")
        self.states_client, self.states = stubbed("stepfunctions")
        self.bedrock_client, self.bedrock = stubbed("bedrock")
        self.starter = RunStarter(
            kit_deployment="sup",
            state_machine_arn=MACHINE,
            bedrock=self.bedrock_client,
            s3=self.s3_client,
            ssm=self.ssm_client,
            stepfunctions=self.states_client,
        )

    def with_data(self, content: bytes = CONTENT) -> "Starting":
        answer = {"Parameter": {"Name": PARAMETER, "Value": json.dumps(specification().to_json())}}
        self.ssm.add_response("get_parameter", answer, {"Name": PARAMETER})
        return self.with_object(content)

    def with_object(self, content: bytes = CONTENT) -> "Starting":
        self.s3.add_response("get_object", streamed(content), {"Bucket": BUCKET, "Key": KEY})
        return self

    def with_execution(self, name: str, status: str | None) -> "Starting":
        arn = arn_of(name)
        if status is None:
            self.states.add_client_error(
                "describe_execution", "ExecutionDoesNotExist", expected_params={"executionArn": arn}
            )
        else:
            answer = {"executionArn": arn, "stateMachineArn": MACHINE, "status": status, "startDate": BEGAN}
            self.states.add_response("describe_execution", answer, {"executionArn": arn})
        return self

    def with_attempts(self, *statuses: str) -> "Starting":
        """Executions of the run, and none after them."""
        for number, status in enumerate([*statuses, None], start=1):
            self.with_execution(f"support-{RUN}" if number == 1 else f"support-{RUN}-{number}", status)
        return self

    def with_model(self, name: str = f"sup-support-{RUN}", *, owner: str = "sup") -> "Starting":
        summary = {
            "modelArn": MODEL_ARN,
            "modelName": name,
            "creationTime": 0,
            "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
            "baseModelName": "Nova Micro",
            "modelStatus": "Active",
        }
        self.bedrock.add_response("list_custom_models", {"modelSummaries": [summary]}, MODELS_ASKED)
        return self.with_owner(MODEL_ARN, owner) if name.endswith(RUN) else self

    def without_model(self) -> "Starting":
        self.bedrock.add_response("list_custom_models", {"modelSummaries": []}, MODELS_ASKED)
        return self

    def with_job(self, *, owner: str | None, status: str = "Completed", customization: str = "support") -> "Starting":
        """The only job of this run; `owner` of None: there is none."""
        summary = {
            "jobArn": JOB_ARN,
            "jobName": f"sup-{customization}-{RUN}-20261124023000",
            "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
            "status": status,
            "creationTime": 0,
        }
        asked = {"nameContains": RUN, "sortBy": "CreationTime", "sortOrder": "Descending"}
        answer = {"modelCustomizationJobSummaries": [summary] if owner else []}
        self.bedrock.add_response("list_model_customization_jobs", answer, asked)
        return self.with_owner(JOB_ARN, owner) if owner else self

    def with_owner(self, arn: str, owner: str) -> "Starting":
        tags = [{"key": "bedrock-kit:deployment", "value": owner}]
        self.bedrock.add_response("list_tags_for_resource", {"tags": tags}, {"resourceARN": arn})
        return self

    def with_deployment(self, model: str = MODEL_ARN, status: str = "Active") -> "Starting":
        answer = {
            "customModelDeploymentArn": DEPLOYMENT_ARN,
            "modelDeploymentName": "sup-support",
            "modelArn": model,
            "createdAt": 0,
            "status": status,
        }
        expected = {"customModelDeploymentIdentifier": "sup-support"}
        self.bedrock.add_response("get_custom_model_deployment", answer, expected)
        return self

    def with_parameter(self, name: str, value: dict[str, Any] | None) -> "Starting":
        if value is None:
            self.ssm.add_client_error("get_parameter", "ParameterNotFound", expected_params={"Name": name})
        else:
            self.ssm.add_response("get_parameter", {"Parameter": {"Value": json.dumps(value)}}, {"Name": name})
        return self

    def with_promoted(self, model: str | None = MODEL_ARN, at: str = "2026-11-24T00:00:00Z") -> "Starting":
        value = {"custom_model_arn": model, "promoted_at": at} if model else None
        return self.with_parameter(f"{PARAMETER}/promoted", value)

    def with_serving(self, target: str | None = DEPLOYMENT_ARN, model: str = MODEL_ARN) -> "Starting":
        value = {"target_arn": target, "custom_model_arn": model} if target else None
        return self.with_parameter("/bedrock-kit/sup/aliases/support-bot/serving", value)

    def held_back(self, reason: str = "") -> "Starting":
        """Whether the run is; an empty reason: it is not."""
        hold = {"customization": "support", "alias": "support-bot", "reason": reason}
        return self.with_holds({"support": hold} if reason else {})

    def with_holds(self, holds: dict[str, Any], earlier: dict[str, Any] | None = None) -> "Starting":
        """By customization; `earlier` is what releases up to 0.1.0 wrote."""
        path = f"/bedrock-kit/sup/held-back/{RUN}"
        items = [{"Name": f"{path}/{name}", "Value": json.dumps(value)} for name, value in holds.items()]
        self.ssm.add_response("get_parameters_by_path", {"Parameters": items}, {"Path": path})
        return self.with_parameter(path, earlier)

    def with_start(self, name: str, run_input: Any = ANY) -> "Starting":
        listed(self.states, [name])  # a list may contain the execution that has just started
        self.takes_turn()
        expected = {"stateMachineArn": MACHINE, "name": name, "input": run_input}
        answer = {"executionArn": arn_of(name), "startDate": 0}
        self.states.add_response("start_execution", answer, expected)
        return self

    def takes_turn(self) -> None:
        turn = {"Bucket": BUCKET, "Key": "runs/.claims/turn.support.json", "Body": ANY, "IfNoneMatch": "*"}
        self.s3.add_response("put_object", {}, turn)

    def all_called(self) -> None:
        for stubber in (self.s3, self.ssm, self.states, self.bedrock):
            stubber.assert_no_pending_responses()


def arn_of(name: str) -> str:
    return f"arn:aws:states:us-east-1:111122223333:execution:Workflow:{name}"


def listed(states: Stubber, names: list[str]) -> None:
    executions = [
        {
            "executionArn": arn_of(name),
            "stateMachineArn": MACHINE,
            "name": name,
            "status": "RUNNING",
            "startDate": 0,
        }
        for name in names
    ]
    expected = {"stateMachineArn": MACHINE, "statusFilter": "RUNNING"}
    states.add_response("list_executions", {"executions": executions}, expected)
