"""The CDK CLI hears of the end of a stack's operation when it ends.

The CLI asks for the status of a stack as soon as it has executed a change set, and again five seconds after each
answer that the operation is in progress; it has no setting for that. Most operations take less than a second here, so
its question is answered when the operation is over, or after WAIT_SECONDS. Others are answered at once.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.services.cloudformation import _stacks

from local_aws.extension.bedrock.responses import Response

CLI = "aws-cdk"  # in its User-Agent
WAIT_SECONDS, LOOK_SECONDS = 60.0, 0.02


def install() -> None:
    behind = app.SERVICE_HANDLERS["cloudformation"]

    async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any) -> Response:
        if CLI in headers.get("user-agent", "") and (stack := _asked_for(body)):
            await _end_of_operation(stack)
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS["cloudformation"] = handle


def _asked_for(body: bytes) -> str | None:
    """Name or ARN of the one stack whose status a request asks for."""
    fields = parse_qs(body.decode("utf-8", errors="replace"))
    return fields.get("StackName", [None])[0] if fields.get("Action") == ["DescribeStacks"] else None


async def _end_of_operation(name: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while _in_progress(name) and time.monotonic() < end:
        await asyncio.sleep(LOOK_SECONDS)


def _in_progress(name: str) -> bool:
    stacks = _stacks.get(name), *(one for one in _stacks.values() if one["StackId"] == name)
    status = str(next((one["StackStatus"] for one in stacks if one), ""))
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
