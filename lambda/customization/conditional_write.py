"""Writes of which S3 lets one of two writers succeed."""

from typing import TYPE_CHECKING

from kit_contract.aws_errors import status_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REFUSED = (409, 412)  # another write came first


def write_if(s3: "S3Client", bucket: str, key: str, body: bytes, **condition: str) -> bool:
    """Whether nobody else wrote meanwhile. `condition`: IfNoneMatch="*" or IfMatch=ETag."""
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, **condition)  # type: ignore[arg-type]
    except Exception as error:
        if status_of(error) not in REFUSED:
            raise
        return False
    return True
