"""A purchase that the quota does not allow buys nothing and explains why."""

import pytest

from kit_contract.errors import ResourceFailedError
from tests.custom_resources.provisioned_throughput.stack import Stack
from tests.provisioned_throughput_controller.bedrock import Refused

NOVA = "amazon.nova-micro-v1:0:128k"


def test_without_enough_units_nothing_is_bought_and_the_codes_are_said(stack: Stack) -> None:
    stack.aws.units_allowed = 2.0
    stack.aws.plant(name="of-others", units=2, tags={})

    with pytest.raises(ResourceFailedError, match=r"L-BE77399C .*: 2 of 2 are in use") as refused:
        stack.create()

    assert "aws service-quotas request-service-quota-increase --service-code bedrock" in str(refused.value)
    assert len(str(refused.value)) <= 900  # the limit of an answer's reason
    assert stack.aws.log == []


def test_a_base_model_has_another_quota_and_committed_units_do_not_count(stack: Stack) -> None:
    stack.aws.units_allowed = 0.0
    stack.aws.plant(name="of-others", units=2, tags={}, commitment="OneMonth", end=stack.aws.now)

    with pytest.raises(ResourceFailedError, match=r"L-FE44174A .*: 0 of 0 are in use"):
        stack.create(ModelIdentifier=NOVA)


def test_bedrocks_own_refusal_is_explained(stack: Stack) -> None:
    stack.aws.refuse_create = Refused("ServiceQuotaExceededException", "no model units for Nova")

    with pytest.raises(ResourceFailedError, match=r"its value is 10.*no model units for Nova"):
        stack.create()


def test_another_refusal_is_passed_on(stack: Stack) -> None:
    stack.aws.refuse_create = Refused("ValidationException", "no")

    with pytest.raises(Exception, match="ValidationException"):
        stack.create()
