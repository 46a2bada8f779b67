"""S3 refuses a request that names another owner of the bucket than it has, which the emulator does not look at.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.services import s3

from local_aws.extension.bedrock.responses import Response

OWNER, SOURCE_OWNER, SOURCE = "x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner", "x-amz-copy-source"


def install() -> None:
    behind = app.SERVICE_HANDLERS["s3"]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        if _is_of_another(path, headers.get(OWNER)) or _is_of_another(
            unquote(headers.get(SOURCE, "")), headers.get(SOURCE_OWNER)
        ):
            denied: Response = s3._error("AccessDenied", "Access Denied", 403)
            return denied
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS["s3"] = handle


def _is_of_another(path: str, expected: str | None) -> bool:
    if not expected:
        return False
    owner = s3._bucket_owner_account(path.lstrip("/").partition("/")[0])
    return owner is not None and owner != expected
