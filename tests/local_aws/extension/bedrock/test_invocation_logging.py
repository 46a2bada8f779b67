"""Model invocation logging: a put is refused without rights, and records arrive where they should, or are counted."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from training_data.sources.invocation_logs import log_conversation

REGION, ACCOUNT = "eu-west-1", "000000000000"  # a Region of its own: nobody else's calls are in these logs
BUCKET, GROUP, ROLE = "logged-calls", "logged-calls", "logs-writer"
MICRO = "amazon.nova-micro-v1:0"
SOURCE = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:*"},
}
STREAM = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:log-stream:aws/bedrock/modelinvocations"
S3 = {"s3Config": {"bucketName": BUCKET, "keyPrefix": "logs"}}
CLOUDWATCH = {
    "cloudWatchConfig": {
        "logGroupName": GROUP,
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "largeDataDeliveryS3Config": {"bucketName": BUCKET, "keyPrefix": "large"},
    }
}
BOTH = {**S3, **CLOUDWATCH}


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def allow_bucket(s3: Any, *prefixes: str, condition: dict[str, Any] = SOURCE) -> None:
    folder = f"AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/*"
    resources = [f"arn:aws:s3:::{BUCKET}/{prefix}/{folder}" for prefix in prefixes]
    service = {"Service": "bedrock.amazonaws.com"}
    document = policy(Principal=service, Action="s3:PutObject", Resource=resources, Condition=condition)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=document)


@pytest.fixture(scope="module")
def logs(client: Client) -> Iterator[Callable[..., Any]]:
    def here(service: str) -> Any:
        return client(service, REGION)

    s3, iam = here("s3"), here("iam")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    here("logs").create_log_group(logGroupName=GROUP)
    trust = policy(Principal={"Service": "bedrock.amazonaws.com"}, Action="sts:AssumeRole", Condition=SOURCE)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
    yield here
    here("bedrock").delete_model_invocation_logging_configuration()
    iam.delete_role_policy(RoleName=ROLE, PolicyName="write")
    iam.delete_role(RoleName=ROLE)


def grant_role(iam: Any) -> None:
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    iam.put_role_policy(RoleName=ROLE, PolicyName="write", PolicyDocument=policy(Action=actions, Resource=STREAM))


def eventually(look: Callable[[], list[Any]], number: int) -> list[Any]:
    ends = time.monotonic() + 5
    while len(found := look()) < number and time.monotonic() < ends:
        time.sleep(0.02)
    assert len(found) == number
    return found


def records(s3: Any, prefix: str = f"logs/AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/{REGION}/") -> list[Any]:
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    keys = [item["Key"] for item in listed if "/data/" not in item["Key"]]
    return [json.loads(gzip.decompress(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())) for key in keys]


def test_a_put_needs_a_policy_a_role_and_a_destination(logs: Callable[..., Any]) -> None:
    bedrock, s3 = logs("bedrock"), logs("s3")
    put = bedrock.put_model_invocation_logging_configuration

    def refused(config: dict[str, Any], words: str) -> None:
        with pytest.raises(ClientError, match=words):
            put(loggingConfig=config)

    refused({"textDataDeliveryEnabled": True}, "At least one of")
    refused(S3, "validate permissions for bucket: logged-calls")
    allow_bucket(s3, "logs", condition={"StringEquals": {"aws:SourceAccount": "111122223333"}})
    refused(S3, "validate permissions for bucket")
    allow_bucket(s3, "logs")
    refused(BOTH, "validate permissions for log group: logged-calls, with role: ")
    grant_role(logs("iam"))
    refused(BOTH, "validate permissions for bucket")  # of large data
    assert "loggingConfig" not in bedrock.get_model_invocation_logging_configuration()

    allow_bucket(s3, "logs", "large")
    put(loggingConfig=BOTH | {"imageDataDeliveryEnabled": False})
    found = bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert found["cloudWatchConfig"] == CLOUDWATCH["cloudWatchConfig"]
    assert (found["textDataDeliveryEnabled"], found["imageDataDeliveryEnabled"]) == (True, False)


def test_calls_and_streams_are_records_that_distillation_can_read(logs: Callable[..., Any]) -> None:
    runtime, s3 = logs("bedrock-runtime"), logs("s3")
    asked = [{"role": "user", "content": [{"text": "Hello"}]}]
    answer = runtime.converse(modelId=MICRO, messages=asked, requestMetadata={"project": "support"})
    stream = "".join(
        event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
        for event in runtime.converse_stream(modelId=MICRO, messages=asked)["stream"]
    )
    runtime.invoke_model(modelId="amazon.titan-embed-text-v2:0", body=json.dumps({"inputText": "embedded"}))
    runtime.invoke_model_with_response_stream(modelId=MICRO, body=json.dumps({"messages": asked}))

    found = {item["operation"]: item for item in eventually(lambda: records(s3), 4)}

    one = found["Converse"]
    assert (one["schemaType"], one["schemaVersion"]) == ("ModelInvocationLog", "1.0")
    assert (one["accountId"], one["region"], one["modelId"]) == (ACCOUNT, REGION, MICRO)
    assert one["requestMetadata"] == {"project": "support"}
    assert one["output"]["outputBodyJson"]["output"] == answer["output"]
    assert one["input"]["inputTokenCount"] == answer["usage"]["inputTokens"]
    for operation in ("Converse", "ConverseStream", "InvokeModelWithResponseStream"):
        assert log_conversation(found[operation]).turns[-1] == ("assistant", stream)
    assert found["InvokeModel"]["input"]["inputBodyJson"] == {"inputText": "embedded"}
    events = logs("logs").get_log_events(logGroupName=GROUP, logStreamName="aws/bedrock/modelinvocations")["events"]
    assert one in [json.loads(event["message"]) for event in events]


def test_large_bodies_are_objects_and_failed_calls_have_a_code(logs: Callable[..., Any]) -> None:
    runtime, s3 = logs("bedrock-runtime"), logs("s3")
    large = "long " * 25_000
    runtime.converse(modelId=MICRO, messages=[{"role": "user", "content": [{"text": large}]}])
    with pytest.raises(ClientError):
        runtime.converse(modelId=MICRO, messages=[{"role": "assistant", "content": [{"text": "me"}]}])

    def sent() -> list[Any]:
        return [item for item in records(s3) if "inputBodyS3Path" in item["input"] or "errorCode" in item]

    first, second = sorted(eventually(sent, 2), key=lambda item: "errorCode" in item)
    key = first["input"]["inputBodyS3Path"].removeprefix(f"s3://{BUCKET}/")
    assert large in gzip.decompress(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()).decode()
    assert "inputBodyJson" not in first["input"]
    assert (second["errorCode"], "output" in second) == ("ValidationException", False)


def test_what_is_off_is_not_logged_and_what_fails_is_counted(logs: Callable[..., Any]) -> None:
    runtime, s3, cloudwatch = logs("bedrock-runtime"), logs("s3"), logs("cloudwatch")
    logs("bedrock").put_model_invocation_logging_configuration(
        loggingConfig=S3 | {"embeddingDataDeliveryEnabled": False}
    )
    before = len(records(s3))
    s3.delete_bucket_policy(Bucket=BUCKET)
    runtime.converse(modelId=MICRO, messages=[{"role": "user", "content": [{"text": "lost"}]}])

    def failures() -> list[float]:
        now = datetime.now(UTC)
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/Bedrock",
            MetricName="ModelInvocationLogsS3DeliveryFailure",
            StartTime=now - timedelta(minutes=10),
            EndTime=now + timedelta(minutes=1),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return [point["Sum"] for point in points]

    assert eventually(failures, 1) == [1]
    logs("bedrock").delete_model_invocation_logging_configuration()
    allow_bucket(s3, "logs")
    runtime.converse(modelId=MICRO, messages=[{"role": "user", "content": [{"text": "off"}]}])
    logs("bedrock").put_model_invocation_logging_configuration(loggingConfig=S3)
    runtime.converse(modelId=MICRO, messages=[{"role": "user", "content": [{"text": "on again"}]}])

    eventually(lambda: [item for item in records(s3) if "on again" in json.dumps(item["input"])], 1)
    assert len(records(s3)) == before + 1  # what was sent before it would be there, too
