"""What the kit's code makes of an account that AWS has not verified, of throttling, and of other words for `absent`.

The code is the real one, with real clients: the embedded AWS answers with the faults of its switch.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from custom_resources.bucket_objects import BucketObjectsResource
from custom_resources.custom_model_deployment import CustomModelDeploymentResource
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.framework.retry_policy import Kind, _kind
from custom_resources.model_access import ModelAccessResource
from custom_resources.provisioned_throughput import bedrock_calls
from kit_contract.aws_errors import code_of, says_denied
from kit_contract.errors import ResourceFailedError
from local_aws import emulator
from tests.custom_resources.aws import event
from tests.local_aws.api import Api, calling
from tests.local_aws.conftest import Client
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import code, faults, make_role, settled

NOVA = "amazon.nova-micro-v1:0"
CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"
Switch = Callable[..., Any]


@pytest.fixture
def switched(aws: emulator.EmbeddedAws) -> Switch:
    return lambda *names: faults(aws.endpoint_url, *names)


@pytest.fixture
def api(aws: emulator.EmbeddedAws) -> Iterator[Api]:
    with calling(aws.endpoint_url) as made:
        yield made


def access(kind: str, *models: str) -> Request:
    form = {"UseCaseForm": {"companyName": "Example"}} if any("anthropic" in model for model in models) else {}
    return Request.from_event(event(kind, {"Models": list(models), "RevokeOnDelete": "true", **form}))


def test_an_account_that_is_not_verified_is_told_to_ask_aws_support(client: Client, switched: Switch) -> None:
    resource = ModelAccessResource(client("bedrock"), "us-east-1")
    resource.create(access("Create", NOVA))

    with switched("unverified-account"), pytest.raises(ResourceFailedError) as failure:
        resource.create(access("Create", NOVA))

    assert f"this account is not authorized for {NOVA}" in str(failure.value)
    assert "open a case with AWS Support" in str(failure.value)


def test_callers_read_that_the_account_may_not_use_the_model(api: Api, switched: Switch) -> None:
    with switched("unverified-account"):
        status, answer = api.ask()

    assert (status, answer["error"]["code"]) == (403, "model_access_denied")
    assert "open a case with AWS Support" in answer["error"]["message"]


def test_callers_read_that_access_to_a_legacy_model_has_ended(api: Api, switched: Switch) -> None:
    with switched("legacy-access-ended"):
        status, answer = api.ask("old")
        other = api.ask("bot")[0]

    assert (status, answer["error"]["code"], other) == (404, "model_not_available", 200)
    assert "the model is Legacy, and AWS has ended this account's access" in answer["error"]["message"]


def test_an_ingestion_of_such_an_account_is_denied(client: Client, switched: Switch) -> None:
    base = KnowledgeBase(client, "unverified-bucket", make_role(client, "unverified", ["s3:GetObject"], "*"))

    with switched("unverified-account"):
        with pytest.raises(ClientError) as start:
            base.start()
        with pytest.raises(ClientError, match="Invalid input or configuration provided"):
            base.retrieve("beans")

    assert code(start) == "ValidationException"
    assert says_denied(start.value)


def test_an_agreement_that_is_refused_fails_with_the_payment(client: Client, switched: Switch) -> None:
    resource, bedrock = ModelAccessResource(client("bedrock"), "us-east-1"), client("bedrock")
    with switched("payment-refused"):
        resource.create(access("Create", CLAUDE))
        assert resource.describe(access("Create", CLAUDE)).phase is Phase.IN_PROGRESS
        settled(
            lambda: bedrock.get_foundation_model_availability(modelId=CLAUDE)["agreementAvailability"],
            lambda found: found["status"] == "NOT_AVAILABLE",
        )
        with pytest.raises(ResourceFailedError, match=r"AWS Marketplace did not accept .* check the account's payment"):
            resource.describe(access("Create", CLAUDE))

    resource.create(access("Create", CLAUDE))  # with another card

    settled(
        lambda: {"phase": resource.describe(access("Create", CLAUDE)).phase},
        lambda found: found["phase"] is Phase.READY,
    )
    resource.delete(access("Delete", CLAUDE))


def test_what_is_gone_is_gone_in_any_words(client: Client, switched: Switch) -> None:
    bedrock = client("bedrock")
    deployment = CustomModelDeploymentResource(bedrock, client("ssm"))
    properties = {"DeploymentName": "never", "Alias": "bot", "KitDeployment": "sup"}
    request = Request.from_event(event("Delete", properties))

    for names in ([], ["absent-as-invalid"]):
        with switched(*names):
            deployment.delete(request)
            assert deployment.describe(request).phase is Phase.GONE
            assert bedrock_calls.find(bedrock, "never") is None


def test_every_second_call_is_throttled_and_retried(aws: emulator.EmbeddedAws, api: Api, switched: Switch) -> None:
    once = Config(retries={"total_max_attempts": 1})
    bedrock = boto3.client(
        "bedrock",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=once,
    )
    with switched("throttling"):
        served = [api.served_by()[0] for _ in range(3)]
        refused = [error for error in map(_error_of, [bedrock.list_custom_models] * 2) if error]

    assert set(served) == {"foundation-model"}
    assert [code_of(error) for error in refused] == ["ThrottlingException"]
    assert _kind(refused[0]) is Kind.THROTTLING


def _error_of(call: Callable[[], Any]) -> ClientError | None:
    try:
        call()
    except ClientError as error:
        return error
    return None


def objects(kind: str) -> Request:
    properties = {
        "SourceBucket": "heads-bucket",
        "SourceKey": "source.zip",
        "DestinationBucket": "heads-bucket",
        "DestinationPrefix": "documents/",
        "ContentHash": "h",
        "DeleteOnRemoval": "false",
    }
    return Request.from_event(event(kind, properties))


def test_an_object_deleted_by_hand_is_a_404_and_a_denied_one_a_403_that_is_retried(
    client: Client, switched: Switch
) -> None:
    s3, archive = client("s3"), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("a.md", "# A")
    s3.create_bucket(Bucket="heads-bucket")
    s3.put_object(Bucket="heads-bucket", Key="source.zip", Body=archive.getvalue())
    resource = BucketObjectsResource(s3)
    resource.create(objects("Create"))
    s3.delete_object(Bucket="heads-bucket", Key="documents/a.md")
    with pytest.raises(ClientError) as absent:
        s3.head_object(Bucket="heads-bucket", Key="documents/a.md")

    resource.update(objects("Update"))

    assert s3.get_object(Bucket="heads-bucket", Key="documents/a.md")["Body"].read() == b"# A"
    with switched("denied-objects"):
        with pytest.raises(ClientError) as head:
            s3.head_object(Bucket="heads-bucket", Key="documents/a.md")
        with pytest.raises(ClientError) as denied:
            resource.update(objects("Update"))
    assert (code(absent), code(head), code(denied)) == ("404", "403", "AccessDenied")
    assert _kind(head.value) is _kind(denied.value) is Kind.PERMISSION
