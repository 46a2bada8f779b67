"""Every boto3 call that the Lambda code makes in its tests is among the allowed requests of its role."""

from tests.iam.callers import CALLERS, NOT_IN_A_STACK, SHARED, actions_of, roles_of_module
from tests.iam.recorded_calls import LAMBDA, Call
from tests.iam.role_cases import ROLES


def _entry(call: Call) -> str:
    """The innermost module with a role, in the first package on the stack that has one."""
    own = [module for module in call.modules if roles_of_module(module)]
    package = own[0].partition("/")[0] if own else ""
    return next((module for module in reversed(own) if module.startswith(f"{package}/")), "")


def _is_shared(module: str) -> bool:
    return any(module == path or (path.endswith("/") and module.startswith(path)) for path in SHARED)


def test_every_module_that_calls_aws_has_a_role(calls: tuple[set[Call], set[Call]]) -> None:
    without = {call.modules for call in calls[0] if not _entry(call) and not all(map(_is_shared, call.modules))}

    assert without == set()


def test_every_path_exists() -> None:
    assert [path for path in (*CALLERS, *SHARED) if not (LAMBDA / path).exists()] == []


def test_every_recorded_call_is_among_its_roles_cases(calls: tuple[set[Call], set[Call]]) -> None:
    missing = sorted(
        f"{role}: {action} ({_entry(call)})"
        for call in calls[0]
        if _entry(call) and (_entry(call), call.operation) not in NOT_IN_A_STACK
        for role in roles_of_module(_entry(call))
        for action in actions_of(call.service, call.operation)
        if action not in {request.action for request in ROLES[role].allowed}
    )

    assert missing == []


def test_the_entry_is_found_behind_modules_that_several_packages_import() -> None:
    order = (
        "custom_resources/provisioned_throughput/bedrock_calls.py",
        "provisioned_throughput_controller/purchase.py",
        "custom_resources/framework/lease.py",
    )

    promotion = ("customization/handlers/promote.py", "customization/promotion.py")
    assert _entry(Call(promotion, "ssm", "put_parameter")) == "customization/promotion.py"
    assert _entry(Call(order, "bedrock", "tag_resource")) == "provisioned_throughput_controller/purchase.py"
    assert _entry(Call(("custom_resources/account/ownership.py",), "bedrock", "list_tags_for_resource")) == ""
