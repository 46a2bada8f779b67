"""The table of leases for a test: the harness's DynamoDB behind the two methods of boto3's client, and requests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from custom_resources.framework.lease import Lease
from custom_resources.framework.request import Request
from tests.cloudformation_harness.dynamodb import DynamoDB
from tests.cloudformation_harness.refusals import Refusal
from tests.custom_resources.aws import event

SENT = 1_800_000_000  # every request is sent in this second unless a test says otherwise


class LeasesTable:
    """`fail` lists the error codes of the next calls."""

    def __init__(self) -> None:
        self.dynamodb = DynamoDB()
        self.fail: list[str] = []

    def get_item(self, **given: Any) -> Mapping[str, Any]:
        return self.dynamodb.get_item(given)

    def update_item(self, **given: Any) -> Mapping[str, Any]:
        if self.fail:
            raise client_error(self.fail.pop(0))
        try:
            return self.dynamodb.update_item(given)
        except Refusal as refusal:
            raise client_error(refusal.code) from None

    def lease(self, request: Request, holder: str = "invocation-1") -> Lease:
        return Lease(self, "leases", request, holder=holder)


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "scripted"}}, "Operation")


def request(kind: str, number: int, *, sent: int = SENT, **properties: object) -> Request:
    """Request `number` of a stack: each has a ResponseURL of its own."""
    date = datetime.fromtimestamp(sent, UTC).strftime("%Y%m%dT%H%M%SZ")
    url = f"https://s3.example/{number}?X-Amz-Date={date}"
    return Request.from_event(event(kind, {"Name": "sup-support", **properties}, ResponseURL=url))
