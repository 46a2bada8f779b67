"""S3's events reach EventBridge only some time after they were enabled for a bucket."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.servers import Clients, running

BUCKET = "events-bucket"


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        yield made


def messages(clients: Clients, url: str, seconds: float) -> list[str]:
    found: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for message in clients("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found.append(json.loads(message["Body"])["detail"]["object"]["key"])
            clients("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        time.sleep(0.05)
    return found


def test_an_upload_right_after_the_bucket_is_not_announced_a_later_one_is(clients: Clients) -> None:
    s3, events = clients("s3"), clients("events")
    url = clients("sqs").create_queue(QueueName="uploads")["QueueUrl"]
    arn = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern: dict[str, Any] = {"source": ["aws.s3"]}
    events.put_rule(Name="uploads", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="uploads", Targets=[{"Id": "queue", "Arn": arn}])
    s3.create_bucket(Bucket=BUCKET)
    configuration: dict[str, Any] = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)

    s3.put_object(Bucket=BUCKET, Key="early", Body=b"x")
    early = messages(clients, url, 0.9)  # three seconds on Bedrock's clock are 0.75 here
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)
    s3.put_object(Bucket=BUCKET, Key="later", Body=b"x")

    assert early == []
    assert messages(clients, url, 0.5) == ["later"]
