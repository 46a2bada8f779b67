"""One configuration per account and Region: adopted, refused, taken over, repaired, restored, and never clobbered."""

import copy
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from custom_resources.framework.errors import NotInEffectError
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.framework.retry_policy import RetryPolicy
from custom_resources.invocation_logging import InvocationLoggingResource
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import event
from tests.custom_resources.logging_account import NAME, THEIRS, Account


@pytest.fixture
def account() -> Account:
    return Account()


def resource(account: Account) -> InvocationLoggingResource:
    return InvocationLoggingResource(account.bedrock, account.ssm)


def request(kind: str, *, deployment: str = "sup", **more: Any) -> Request:
    given = {
        "KitDeployment": deployment,
        "Bucket": f"{deployment}-logs",
        "LogToBucket": "true",
        "Prefix": "invocations",
        "LargeDataPrefix": "large-data",
        "DataTypes": ["text", "image"],
        "TakeOver": "false",
    }
    return Request.from_event(event(kind, given | more))


def test_what_is_configured_names_every_type_of_data_and_large_data_of_the_log_group(account: Account) -> None:
    more = {"LogGroup": "sup-group", "RoleArn": "arn:aws:iam::111122223333:role/sup"}
    resource(account).create(request("Create", **more))

    assert account.config == {
        "s3Config": {"bucketName": "sup-logs", "keyPrefix": "invocations"},
        "cloudWatchConfig": {
            "logGroupName": "sup-group",
            "roleArn": "arn:aws:iam::111122223333:role/sup",
            "largeDataDeliveryS3Config": {"bucketName": "sup-logs", "keyPrefix": "large-data"},
        },
        "textDataDeliveryEnabled": True,
        "imageDataDeliveryEnabled": True,
        "embeddingDataDeliveryEnabled": False,
        "videoDataDeliveryEnabled": False,
        "audioDataDeliveryEnabled": False,
    }
    resource(account).update(request("Update", LogToBucket="false", **more))
    assert "s3Config" not in account.config, "the bucket is for large data only"


def test_somebody_elses_configuration_is_named_and_stays(account: Account) -> None:
    account.config = copy.deepcopy(THEIRS)

    with pytest.raises(ResourceFailedError, match=r"bucket security-logs/bedrock, .*take_over = true"):
        resource(account).create(request("Create"))
    resource(account).delete(request("Delete"))

    assert account.config == THEIRS
    assert (account.puts, account.parameters) == (0, {})


def test_it_is_restored_although_the_create_was_repeated(account: Account) -> None:
    account.config = copy.deepcopy(THEIRS)
    for _ in range(2):
        resource(account).create(request("Create", TakeOver="true"))
    assert account.bucket == "sup-logs"

    for _ in range(2):
        resource(account).delete(request("Delete", TakeOver="true"))

    assert (account.config, account.parameters) == (THEIRS, {})


def test_without_an_earlier_one_logging_is_off_afterwards(account: Account) -> None:
    resource(account).create(request("Create"))
    resource(account).delete(request("Delete"))

    assert (account.config, account.parameters) == (None, {})
    assert resource(account).describe(request("Delete")).phase is Phase.GONE


def test_an_earlier_one_whose_bucket_is_gone_does_not_stop_the_deletion(account: Account) -> None:
    account.config = copy.deepcopy(THEIRS)
    resource(account).create(request("Create", TakeOver="true"))
    account.refusal["security-logs"] = ("ValidationException", "Failed to validate permissions for bucket")

    resource(account).delete(request("Delete", TakeOver="true"))

    assert account.config is None
    assert account.parameters == {}


def test_a_throttled_restore_is_repeated_and_forgets_nothing(account: Account) -> None:
    account.config = copy.deepcopy(THEIRS)
    resource(account).create(request("Create", TakeOver="true"))
    account.refusal["security-logs"] = ("ThrottlingException", "")
    with pytest.raises(ClientError):
        resource(account).delete(request("Delete", TakeOver="true"))
    account.refusal.clear()

    resource(account).delete(request("Delete", TakeOver="true"))

    assert account.config == THEIRS


def test_deleted_or_changed_by_hand_it_is_put_right(account: Account) -> None:
    resource(account).create(request("Create"))
    account.config = None
    resource(account).update(request("Update"))
    assert account.bucket == "sup-logs"
    assert account.config
    account.config["textDataDeliveryEnabled"] = False

    resource(account).update(request("Update"))

    assert account.config["textDataDeliveryEnabled"] is True


def test_replaced_by_hand_it_is_told_and_the_deletion_leaves_the_new_one(account: Account) -> None:
    resource(account).create(request("Create"))
    account.config = copy.deepcopy(THEIRS)

    with pytest.raises(ResourceFailedError, match="security-logs"):
        resource(account).update(request("Update"))
    resource(account).delete(request("Delete"))

    assert (account.config, account.parameters) == (THEIRS, {})


def test_the_rollback_of_a_refused_update_succeeds_and_the_next_update_is_refused_again(account: Account) -> None:
    first, second = request("Create").properties, request("Create", Generation="2").properties
    resource(account).create(request("Create"))
    account.config = copy.deepcopy(THEIRS)

    def update(properties: Any, before: Any) -> None:
        given = event("Update", properties, OldResourceProperties=dict(before))
        resource(account).update(Request.from_event(given))

    for _ in range(2):
        with pytest.raises(ResourceFailedError, match="security-logs"):
            update(second, first)
        update(first, second)
    assert account.config == THEIRS
    account.config = None
    update(second, first)
    assert account.bucket == "sup-logs"


def test_another_destination_of_ours_and_the_rollback_to_the_old_one(account: Account) -> None:
    account.config = copy.deepcopy(THEIRS)
    resource(account).create(request("Create", TakeOver="true"))
    resource(account).update(request("Update", Bucket="other-logs"))
    assert account.bucket == "other-logs"
    resource(account).update(request("Update", TakeOver="true"))
    assert json.loads(account.parameters[NAME])["before"] == THEIRS
    resource(account).delete(request("Delete", TakeOver="true"))
    assert account.config == THEIRS


def test_two_deployments_the_second_is_refused_and_whoever_goes_first_leaves_the_other(account: Account) -> None:
    resource(account).create(request("Create"))
    with pytest.raises(ResourceFailedError, match="sup-logs/invocations, not to shop's"):
        resource(account).create(request("Create", deployment="shop"))
    resource(account).create(request("Create", deployment="shop", TakeOver="true"))
    resource(account).delete(request("Delete"))
    assert account.bucket == "shop-logs"
    account.refusal["sup-logs"] = ("ValidationException", "Failed to validate permissions for bucket: sup-logs")

    resource(account).delete(request("Delete", deployment="shop", TakeOver="true"))

    assert (account.config, account.parameters) == (None, {})


def test_a_role_that_is_not_in_effect_is_waited_for_and_a_wrong_one_is_told(account: Account) -> None:
    account.refusal["sup-logs"] = ("ValidationException", "Failed to validate permissions for bucket: sup-logs.")

    with pytest.raises(NotInEffectError, match="Failed to validate permissions for bucket: sup-logs") as failure:
        resource(account).create(request("Create"))

    policy = RetryPolicy(longest_pause=40, seed="0f0f")
    assert [policy.should_retry(failure.value, now) for now in (0.0, 119.0, 121.0)] == [True, True, False]
    account.refusal.clear()
    resource(account).create(request("Create"))
    assert account.bucket == "sup-logs"


@pytest.mark.parametrize("wrong", [{"DataTypes": ["smell"]}, {"LogToBucket": "false"}])
def test_wrong_properties_configure_nothing(account: Account, wrong: dict[str, Any]) -> None:
    with pytest.raises(ResourceFailedError):
        resource(account).create(request("Create", **wrong))

    assert account.config is None
