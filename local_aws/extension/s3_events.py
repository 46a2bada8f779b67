"""S3 sends a bucket's events to EventBridge only some time after they were enabled, on AWS about five minutes.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
Here it is three seconds on Bedrock's clock. Events to queues, topics and functions are not delayed.
"""

import time
from typing import Any

from ministack.core.responses import AccountScopedDict
from ministack.services import eventbridge, s3

from local_aws.extension.bedrock.clock import elapsed

ACTIVE_AFTER_SECONDS = 3.0
_enabled = AccountScopedDict()


def install() -> None:
    """Note when events are enabled, and drop what S3 would send before they are active."""
    put, dispatch = s3._put_bucket_notification, eventbridge._dispatch_event

    def putting(name: str, *arguments: Any, **named: Any) -> Any:
        before = _is_enabled(name)
        response = put(name, *arguments, **named)
        if _is_enabled(name) and not before:
            _enabled[name] = time.time()
        return response

    def dispatching(event: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        if event.get("Source") == "aws.s3" and not _is_active(event["Resources"][0].rsplit(":", 1)[-1]):
            return None
        return dispatch(event, *arguments, **named)

    s3._put_bucket_notification = putting
    eventbridge._dispatch_event = dispatching


def _is_enabled(bucket: str) -> bool:
    return "EventBridgeConfiguration" in s3._bucket_notifications.get(bucket, "")


def _is_active(bucket: str) -> bool:
    enabled = _enabled.get(bucket)
    return enabled is None or elapsed(enabled) >= ACTIVE_AFTER_SECONDS
