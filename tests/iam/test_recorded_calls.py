"""Every boto3 call that the tests saw the Lambda code make is a request that its role's cases ask for."""

from tests.iam.callers import CALLERS, NOT_IN_A_STACK, SHARED, actions_of
from tests.iam.recorded_calls import RECORDED, Call
from tests.iam.test_policies import ROLES


def _entry(call: Call) -> str:
    """The innermost module that has a role of its own, within the package that is first on the stack and has one."""
    own = [module for module in call.modules if module in CALLERS]
    package = own[0].partition("/")[0] if own else ""
    return next((module for module in reversed(own) if module.startswith(f"{package}/")), "")


def test_every_module_that_calls_aws_has_a_role() -> None:
    strangers = {call.modules for call in RECORDED if not _entry(call) and not set(call.modules) <= set(SHARED)}

    assert strangers == set()


def test_every_recorded_call_is_among_its_roles_cases() -> None:
    """What a run of a part recorded is judged too; test_validated_calls says whether a whole run made every call."""
    missing = sorted(
        f"{role}: {action} ({_entry(call)})"
        for call in RECORDED
        if _entry(call) and (_entry(call), call.operation) not in NOT_IN_A_STACK
        for role in CALLERS[_entry(call)]
        for action in actions_of(call.service, call.operation)
        if action not in {request.action for request in ROLES[role].allowed}
    )

    assert missing == []


def test_the_entry_is_found_behind_what_several_packages_share() -> None:
    order = (
        "custom_resources/provisioned_throughput/bedrock_calls.py",
        "provisioned_throughput_controller/purchase.py",
        "custom_resources/framework/lease.py",
    )

    promotion = ("customization/handlers/promote.py", "customization/promotion.py")
    assert _entry(Call(promotion, "ssm", "put_parameter")) == "customization/promotion.py"
    assert _entry(Call(order, "bedrock", "tag_resource")) == "provisioned_throughput_controller/purchase.py"
    assert _entry(Call(("custom_resources/account/ownership.py",), "bedrock", "list_tags_for_resource")) == ""
