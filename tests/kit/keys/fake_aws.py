"""Secrets Manager, API Gateway and CloudFormation as `kit keys` needs them, behind clients that check parameters."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ApiKeySecret-abcdef"
DEFAULT = "d" * 40
MADE = datetime(2026, 11, 1, 12, tzinfo=UTC)


class FakeAws:
    """`versions`: id -> value; `labels`: staging label -> id; `usage_keys`: id -> request, None once deleted.

    `before_move` runs before a label moves: another person's change.
    """

    def __init__(self, secret: str = DEFAULT) -> None:
        self.versions, self.labels = {"v" * 32: secret}, {"AWSCURRENT": "v" * 32}
        self.usage_keys: dict[str, Any] = {}
        self.in_plan: set[str] = set()
        self.outputs = {"ApiKeySecretArn": ARN, "UsagePlanId": "plan1"}
        self.before_move: list[Callable[[], None]] = []
        self.answers_lost = 0

    def client(self, service: str, endpoint_url: str | None = None) -> Any:
        made: Any = boto3.client(
            service,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        events = made.meta.events
        events.register("before-parameter-build", self._remember)
        events.register("before-call", self._answer)
        return made

    def _remember(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["given"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        try:
            found = getattr(self, f"_{model.name}")(**context["given"])
        except _Error as error:
            return _Raw(400), {"Error": {"Code": error.args[0], "Message": error.args[1]}, "ResponseMetadata": {}}
        return _Raw(200), found

    def _DescribeStacks(self, StackName: str) -> Any:
        if StackName != "sup-inference-api":
            raise _Error("ValidationError", f"Stack with id {StackName} does not exist")
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]
        return {"Stacks": [{"StackName": StackName, "Outputs": outputs}]}

    def _GetSecretValue(self, SecretId: str, VersionStage: str = "AWSCURRENT") -> Any:
        assert SecretId == ARN
        if VersionStage not in self.labels:
            raise _Error("ResourceNotFoundException", "can't find the specified secret value for staging label")
        version = self.labels[VersionStage]
        return {"SecretString": self.versions[version], "VersionId": version, "CreatedDate": MADE}

    def _PutSecretValue(self, ClientRequestToken: str, SecretString: str, VersionStages: list[str], **_: Any) -> Any:
        self.versions[ClientRequestToken] = SecretString
        self.labels |= dict.fromkeys(VersionStages, ClientRequestToken)
        return {}

    def _UpdateSecretVersionStage(self, VersionStage: str, **move: Any) -> Any:
        if "MoveToVersionId" not in move:
            assert self.labels.pop(VersionStage) == move["RemoveFromVersionId"]
            return {}
        if self.before_move:
            self.before_move.pop()()
        if self.labels.get(VersionStage) != move.get("RemoveFromVersionId"):
            raise _Error("InvalidParameterException", "The staging label is currently attached to another version")
        self.labels[VersionStage] = move["MoveToVersionId"]
        if self.answers_lost:
            self.answers_lost -= 1
            raise _Error("InvalidParameterException", "what botocore gets when it repeats the call")
        return {}

    def _CreateApiKey(self, **given: Any) -> Any:
        made = f"key{len(self.usage_keys) + 1}"
        self.usage_keys[made] = given
        return {"id": made}

    def _CreateUsagePlanKey(self, usagePlanId: str, keyId: str, keyType: str) -> Any:
        assert (usagePlanId, keyType) == ("plan1", "API_KEY")
        self.in_plan.add(keyId)
        return {}

    def _DeleteApiKey(self, apiKey: str) -> Any:
        if self.usage_keys.get(apiKey) is None:
            raise _Error("NotFoundException", "Invalid API Key identifier specified")
        self.usage_keys[apiKey] = None
        return {}

    @property
    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.versions[self.labels["BEDROCK_KIT_KEYS"]])["keys"]
        return found


class _Error(Exception):
    pass


class _Raw:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
