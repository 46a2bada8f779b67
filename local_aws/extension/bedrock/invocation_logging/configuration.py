"""Put, Get and DeleteModelInvocationLoggingConfiguration: a put succeeds after a test write to each destination.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_PutModelInvocationLoggingConfiguration.html
The words of the refusal of a log group: https://github.com/alphagov/govuk-infrastructure/pull/2440. Flags that are left
out are true: https://github.com/faiscadev/fakecloud/pull/641.
"""

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock, cloudwatch_logs, s3

from kit_contract.invocation_logging import DATA_TYPES, LOG_STREAM, delivery_flag, destinations
from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.responses import BedrockError, Response, answer
from local_aws.extension.bedrock.service_roles import SERVICE, role_allows_on, service_context, trusts

CHECK = "amazon-bedrock-logs-permission-check"


def get(_: dict[str, str]) -> Response:
    found = current()
    return answer({"loggingConfig": found} if found else {})


def put(body: dict[str, Any]) -> Response:
    given = body.get("loggingConfig")
    if not isinstance(given, dict) or not destinations(given):
        raise BedrockError("ValidationException", "At least one of cloudWatchConfig and s3Config must be set")
    if config := given.get("cloudWatchConfig"):
        _check_log_group(config)
        if large := config.get("largeDataDeliveryS3Config"):
            _check_bucket(large)
    if config := given.get("s3Config"):
        _check_bucket(config)
    flags = {delivery_flag(kind): given.get(delivery_flag(kind), True) for kind in DATA_TYPES}
    bedrock._invocation_logging_config["config"] = {**given, **flags}
    return answer({})


def delete(_: dict[str, Any]) -> Response:
    bedrock._invocation_logging_config.pop("config", None)
    return answer({})


def current() -> dict[str, Any] | None:
    """Of the account and Region of the request."""
    found: dict[str, Any] | None = bedrock._invocation_logging_config.get("config")
    return found


def source_arn() -> str:
    """On behalf of what Bedrock writes logs."""
    return f"arn:{partition_of(get_region())}:bedrock:{get_region()}:{get_account_id()}:"


def folder(config: dict[str, Any]) -> str:
    """Of `config` (S3Config): where this account's records of this Region are."""
    prefix = str(config.get("keyPrefix") or "").rstrip("/")
    start = f"{prefix}/" if prefix else ""
    return f"{start}AWSLogs/{get_account_id()}/BedrockModelInvocationLogs"


def may_write_object(bucket: str, key: str) -> bool:
    """Whether the policy of the bucket, of this account and Region, lets Bedrock put the object."""
    if bucket not in s3._buckets:
        return False
    arn = f"arn:{partition_of(get_region())}:s3:::{bucket}/{key}"
    keys = {"aws:sourcearn": source_arn(), "aws:sourceaccount": get_account_id()}
    context = service_context("s3:PutObject", arn, keys)
    policy = s3._bucket_policies.get(bucket)
    decision: str = iam_evaluator.evaluate_resource_policy(policy, context, service=SERVICE).decision
    return decision == "Allow"


def may_write_events(config: dict[str, Any]) -> bool:
    """Whether the log group of `config` (CloudWatchConfig) exists and its role may write to Bedrock's stream."""
    group, role = config["logGroupName"], config["roleArn"]
    region, account = get_region(), get_account_id()
    stream = f"arn:{partition_of(region)}:logs:{region}:{account}:log-group:{group}:log-stream:{LOG_STREAM}"
    return (
        group in cloudwatch_logs._log_groups
        and trusts(role, source_arn())
        and all(role_allows_on(role, f"logs:{action}", stream) for action in ("CreateLogStream", "PutLogEvents"))
    )


def _check_log_group(config: dict[str, Any]) -> None:
    if not may_write_events(config):
        raise BedrockError(
            "ValidationException",
            f"Failed to validate permissions for log group: {config['logGroupName']}, with role: {config['roleArn']}. "
            "Verify the IAM role permissions are correct.",
        )


def _check_bucket(config: dict[str, Any]) -> None:
    bucket, key = config["bucketName"], f"{folder(config)}/{CHECK}"
    if not may_write_object(bucket, key):
        raise BedrockError(
            "ValidationException",
            f"Failed to validate permissions for bucket: {bucket}. Verify the S3 bucket permissions are correct.",
        )
    s3._put_object(bucket, key, b"", {})
