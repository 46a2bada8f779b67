"""An account with one logging configuration and one parameter, behind real boto3 clients."""

import copy
import json
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

NAME = "/bedrock-kit/sup/invocation-logging"
THEIRS = {"s3Config": {"bucketName": "security-logs", "keyPrefix": "bedrock"}, "textDataDeliveryEnabled": True}


class RefusedError(Exception):
    """With AWS's code and message."""


class Account:
    """Bedrock's configuration and SSM behind real clients; `refusal`: what a put of what it names ends with."""

    def __init__(self) -> None:
        self.config: dict[str, Any] | None = None
        self.parameters: dict[str, str] = {}
        self.refusal: dict[str, tuple[str, str]] = {}
        self.puts = 0
        self.bedrock, self.ssm = self._client("bedrock"), self._client("ssm")

    @property
    def bucket(self) -> str:
        assert self.config
        return str(self.config["s3Config"]["bucketName"])

    def _client(self, service: str) -> Any:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        client = session.client(service, config=Config(retries={"total_max_attempts": 1}))
        given: list[dict[str, Any]] = []
        client.meta.events.register("before-parameter-build", lambda params, **_: given.append(params))
        client.meta.events.register("before-call", lambda model, **_: self._answer(xform_name(model.name), given.pop()))
        return client

    def _answer(self, operation: str, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        try:
            status, parsed = 200, getattr(self, f"_{operation}")(given) or {}
        except RefusedError as refused:
            code, message = refused.args
            status, parsed = 400, {"Error": {"Code": code, "Message": message}}
        response = AWSResponse("https://bedrock.us-east-1.amazonaws.com", status, HTTPHeaders(), None)
        return response, parsed | {"ResponseMetadata": {"HTTPStatusCode": status}}

    def _get_model_invocation_logging_configuration(self, _: Any) -> dict[str, Any]:
        return {"loggingConfig": copy.deepcopy(self.config)} if self.config else {}

    def _put_model_invocation_logging_configuration(self, given: dict[str, Any]) -> None:
        self.puts += 1
        for name, (code, message) in self.refusal.items():
            if name in json.dumps(given):
                raise RefusedError(code, message)
        self.config = given["loggingConfig"]

    def _delete_model_invocation_logging_configuration(self, _: Any) -> None:
        self.config = None

    def _get_parameter(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["Name"] not in self.parameters:
            raise RefusedError("ParameterNotFound", "")
        return {"Parameter": {"Value": self.parameters[given["Name"]]}}

    def _put_parameter(self, given: dict[str, Any]) -> None:
        self.parameters[given["Name"]] = given["Value"]

    def _delete_parameter(self, given: dict[str, Any]) -> None:
        self.parameters.pop(given["Name"])
