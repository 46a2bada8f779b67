"""CloudFormation's request for one custom resource, parsed once."""

import calendar
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

DEFAULT_SERVICE_TIMEOUT = 3600


@dataclass(frozen=True)
class Request:
    """The request without its presigned ResponseURL, which no resource, log or error may see.

    `token` identifies the request. CloudFormation reuses the RequestId when you deploy again after a failure, but never
    the ResponseURL, so the token is a hash of both. `sent_at` is when CloudFormation signed the URL, in seconds since
    1970; None if the URL does not say.
    """

    request_type: str
    resource_type: str
    request_id: str
    token: str
    logical_id: str
    stack_id: str
    physical_id: str
    sent_at: float | None
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        url = event["ResponseURL"]
        return cls(
            request_type=event["RequestType"],
            resource_type=str(event.get("ResourceType")),
            request_id=event["RequestId"],
            token=hashlib.sha256(f"{event['RequestId']} {url}".encode()).hexdigest(),
            logical_id=event["LogicalResourceId"],
            stack_id=event["StackId"],
            physical_id=event.get("PhysicalResourceId", ""),
            sent_at=signed_at(url),
            properties=event["ResourceProperties"],
            old_properties=event.get("OldResourceProperties") or {},
        )

    @property
    def is_delete(self) -> bool:
        return self.request_type == "Delete"

    @property
    def stack_name(self) -> str:
        return self.stack_id.split("/")[1]

    @property
    def service_timeout(self) -> int:
        """Seconds that CloudFormation waits for the answer."""
        given = str(self.properties.get("ServiceTimeout", ""))
        return int(given) if given.isdigit() else DEFAULT_SERVICE_TIMEOUT


def signed_at(url: str) -> float | None:
    """When the presigned `url` was made, in seconds since 1970."""
    dates = parse_qs(urlsplit(url).query).get("X-Amz-Date", [])
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", dates[0]) if dates else None
    if match is None:
        return None
    return float(calendar.timegm((*map(int, match.groups()), 0, 0, 0)))
