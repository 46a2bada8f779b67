"""Migration to other model units or another commitment: refusals and failures first, then the switch without a gap."""

from datetime import timedelta
from typing import Any

import pytest

from custom_resources.provisioned_throughput.ledger import Size
from kit_contract.errors import ResourceFailedError
from provisioned_throughput_controller import migration
from provisioned_throughput_controller.reconciliation import Reconciliation
from tests.provisioned_throughput_controller.aws import WEEKDAYS, FakeAws

TWO = Size(2, None)


@pytest.fixture
def aws() -> FakeAws:
    found = FakeAws()
    found.deploy(ledger={"state": "bought", "purchase": 1})
    found.plant()
    settle(found)
    return found


def settle(aws: FakeAws) -> None:
    assert Reconciliation(aws.context()).settle(seconds=780, sleep=aws.sleep).settled


def migrate(aws: FakeAws, size: Size = TWO) -> None:
    migration.begin(aws.context(), size)
    settle(aws)


def only(aws: FakeAws) -> dict[str, Any]:
    (item,) = aws.throughputs.values()
    return item


def test_an_absent_throughput_is_not_migrated(aws: FakeAws) -> None:
    aws.throughputs.clear()

    with pytest.raises(ResourceFailedError, match="absent: deploy the new settings"):
        migration.begin(aws.context(), TWO)


def test_a_name_that_leaves_no_room_is_refused(aws: FakeAws) -> None:
    name = f"sup-{'x' * 56}"
    only(aws)["name"] = name
    aws.parameters[f"/bedrock-kit/sup/capacity/{name}/ledger"] = aws.parameters[
        "/bedrock-kit/sup/capacity/sup-support/ledger"
    ]

    with pytest.raises(ResourceFailedError, match="at most 58 characters"):
        migration.begin(aws.context(name), TWO)


def test_a_second_migration_waits_for_the_first(aws: FakeAws) -> None:
    migration.begin(aws.context(), TWO)

    with pytest.raises(ResourceFailedError, match="is being migrated to 2 model unit"):
        migration.begin(aws.context(), Size(3, None))


def test_the_same_size_changes_nothing(aws: FakeAws) -> None:
    migrate(aws, Size(1, None))

    assert aws.log == []


def test_without_enough_units_the_present_one_goes_on(aws: FakeAws) -> None:
    aws.units_allowed = 2.0

    with pytest.raises(ResourceFailedError, match=r"not migrated: nothing was bought.*L-BE77399C"):
        migrate(aws)
    settle(aws)

    assert (aws.log, aws.ledger["migration"]) == ([], None)
    assert "L-BE77399C" in aws.told[0]
    assert "The present throughput stays in service" in aws.told[0]
    assert aws.published["target_arn"] == only(aws)["arn"]


def test_one_that_fails_is_deleted_and_the_present_one_goes_on(aws: FakeAws) -> None:
    before = only(aws)
    aws.fails = "no capacity"

    with pytest.raises(ResourceFailedError, match="no capacity"):
        migrate(aws)
    settle(aws)

    assert only(aws) is before
    assert "no capacity" in aws.told[0]


def test_callers_have_a_throughput_at_every_moment_and_the_new_one_takes_the_name(aws: FakeAws) -> None:
    names: list[bool] = []
    aws.before = lambda operation: names.append(aws.published["target_arn"] in aws.throughputs)

    migrate(aws)

    assert all(names)
    assert (only(aws)["name"], only(aws)["units"]) == ("sup-support", 2)
    assert aws.published["target_arn"] == only(aws)["arn"]
    assert aws.log == [
        "create sup-support-next x2 aaaaaaaaaaaa",
        "delete sup-support",
        "rename sup-support-next sup-support",
    ]


def test_the_old_one_is_deleted_only_after_its_callers_went(aws: FakeAws) -> None:
    before, moments = only(aws)["arn"], {"swapped": aws.now}

    def watch(operation: str) -> None:
        if aws.published["target_arn"] == before:
            moments["swapped"] = aws.now
        if operation == "DeleteProvisionedModelThroughput":
            moments["deleted"] = aws.now

    aws.before = watch

    migrate(aws)

    assert moments["deleted"] - moments["swapped"] >= timedelta(seconds=50)


def test_a_migration_that_dies_anywhere_continues() -> None:
    for step in range(1, 40):
        aws = FakeAws()
        aws.deploy(ledger={"state": "bought", "purchase": 1})
        aws.plant()
        settle(aws)
        migration.begin(aws.context(), TWO)
        left = [step]

        def die(operation: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        aws.before = die
        try:
            settle(aws)
        except KeyboardInterrupt:
            settle(aws)

        assert (only(aws)["name"], only(aws)["units"]) == ("sup-support", 2)
        assert aws.log.count("create sup-support-next x2 aaaaaaaaaaaa") == 1


def test_a_migration_during_the_stacks_deletion_gives_back_what_it_bought(aws: FakeAws) -> None:
    def deleted_meanwhile(operation: str) -> None:
        if operation == "CreateProvisionedModelThroughput":
            aws.undeploy()

    aws.before = deleted_meanwhile

    migrate(aws)

    assert only(aws)["name"] == "sup-support"  # CloudFormation's to delete


def test_a_committed_one_is_kept_by_another_name_and_deleted_when_that_ends(aws: FakeAws) -> None:
    only(aws).update(commitment="OneMonth", end=aws.now + timedelta(days=3))

    migrate(aws)

    assert sorted(item["name"] for item in aws.throughputs.values()) == ["sup-support", "sup-support-kept"]
    aws.now += timedelta(days=3, hours=1)
    settle(aws)
    settle(aws)
    assert only(aws)["name"] == "sup-support"
    assert aws.ledger["kept"] is None


def test_until_the_settings_are_deployed_the_next_purchase_has_the_new_size(aws: FakeAws) -> None:
    migrate(aws)
    aws.deploy(ledger=aws.ledger, schedule=WEEKDAYS)
    aws.now += timedelta(hours=14)
    settle(aws)
    assert aws.throughputs == {}
    aws.now += timedelta(hours=10)

    settle(aws)

    assert only(aws)["units"] == 2


def test_the_deployed_settings_take_over(aws: FakeAws) -> None:
    migrate(aws)
    assert aws.ledger["migrated"] == {"model_units": 2, "commitment": None}

    aws.deploy(ledger=aws.ledger, properties={"ModelUnits": "2"})
    settle(aws)

    assert aws.ledger["migrated"] is None
