"""Faults of the function and its calls: numbers 1 to 4, 18, 20, 21 and 29."""

import json

import pytest

from tests.cloudformation_harness.clients import Call, Fault, Plan
from tests.cloudformation_harness.cloudformation import Stack, Template
from tests.cloudformation_harness.templates import access, deployment, throughput
from tests.cloudformation_harness.world import World, fault_at, kill_at

CREATE = "bedrock.create_provisioned_model_throughput"
GET = "bedrock.get_provisioned_model_throughput"
TEMPLATES = {"throughput": throughput(), "deployment": deployment(), "access": access("a.model", "b.model")}


def outcomes(world: World) -> list[str]:
    return [json.loads(line).get("outcome", "") for line in world.log if line.startswith("{")]


def nth(number: int, fault: Fault) -> tuple[Plan, list[float]]:
    """`fault` at the number-th call that is not to the table; and when that was."""
    seen: list[float] = []
    left = [number]

    def plan(call: Call) -> Fault | None:
        if call.service == "dynamodb" or seen:
            return None
        left[0] -= 1
        if left[0] >= 0:
            return None
        seen.append(call.moment)
        return fault

    return plan, seen


def calls_of(template: Template) -> int:
    with World().installed() as world:
        from tests.cloudformation_harness.templates import MODEL

        world.bedrock.models[MODEL] = world.scheduler.now
        Stack(world).create(template)
        return len([call for call in world.calls if call.service != "dynamodb"])


@pytest.mark.parametrize("kind", TEMPLATES)
def test_fault_01_an_error_at_any_call_is_one_failed_answer_at_once(kind: str) -> None:
    count = calls_of(TEMPLATES[kind])
    assert count > 3
    for number in range(count):
        with World().installed() as world:
            stack = Stack(world)
            world.plan, seen = nth(number, Fault("error", "StrangeException", message="no " + "x" * 5000))
            stack.create(TEMPLATES[kind])
            (create, *_) = stack.requests

            if create.status == "SUCCESS":  # what can be done without was asked for: a quota that cannot be read
                continue
            assert (create.status, len(create.answers)) == ("FAILED", 1), number
            assert create.answered_at - seen[0] <= 5, number
            assert len(create.reason) <= 1000, number
            assert world.bedrock.billed() == [], number


def test_fault_01_a_table_that_refuses_is_answered_too(world: World, stack: Stack) -> None:
    world.plan = fault_at("dynamodb.update_item", Fault("error", "ResourceNotFoundException"), times=1)

    assert stack.create(throughput()) == "ROLLBACK_COMPLETE"
    assert [len(request.answers) for request in stack.requests] == [1, 1]
    assert world.bedrock.purchases == 0


def test_fault_02_a_call_that_hangs_is_left_to_the_next_invocation(world: World, stack: Stack) -> None:
    world.plan = fault_at(CREATE, Fault(seconds=5000))

    assert stack.create(throughput()) == "CREATE_COMPLETE"

    assert outcomes(world) == ["handed over", "SUCCESS"]
    first, second = world.invocations
    assert second.queued - first.queued <= world.timeout - 10
    assert world.bedrock.purchases == 1


def test_fault_02_what_takes_longer_than_an_invocation_is_handed_over(world: World, stack: Stack) -> None:
    world.bedrock.settings.creating = 2700

    assert stack.create(throughput()) == "CREATE_COMPLETE"

    assert outcomes(world) == ["handed over", "handed over", "handed over", "SUCCESS"]
    assert [call.name for call in world.calls].count(CREATE) == 1


def test_fault_02_what_takes_longer_than_cloudformation_waits_fails_while_it_listens(
    world: World, stack: Stack
) -> None:
    world.bedrock.settings.creating = 6000

    assert stack.create(throughput()) == "ROLLBACK_COMPLETE"

    create = stack.requests[0]
    assert "was not ready in the 3600 s" in create.reason
    assert 3400 < create.answered_at - create.sent_at <= 3570
    assert world.bedrock.billed() == []


def test_fault_02_a_hand_over_that_fails_is_repeated_by_lambda(world: World, stack: Stack) -> None:
    world.bedrock.settings.creating = 1500
    world.plan = fault_at("lambda.invoke", Fault("error", "TooManyRequestsException"), times=5)

    assert stack.create(throughput()) == "CREATE_COMPLETE"
    assert outcomes(world)[0] == "repeated by Lambda"
    assert world.bedrock.purchases == 1


@pytest.mark.parametrize("after", [False, True])
def test_fault_03_a_process_killed_in_create_is_repeated_and_buys_once(world: World, stack: Stack, after: bool) -> None:
    world.plan = kill_at(CREATE, after=after)

    assert stack.create(throughput()) == "CREATE_COMPLETE"

    assert world.bedrock.purchases == 1
    assert len(stack.requests[0].answers) == 1
    assert len(world.invocations[0].attempts) == 2


def test_fault_03_killed_at_every_call_once(world: World, stack: Stack) -> None:
    """Also between the answer's way and the note that it arrived: then the very same answer is put once more."""
    count = calls_of(throughput()) + 12
    for number in range(count):
        with World().installed() as other:
            other.bedrock.models.update(world.bedrock.models)
            left = [number]

            def plan(call: Call, left: list[int] = left) -> Fault | None:
                left[0] -= 1
                return Fault("kill", after=left[0] % 2 == 0) if left[0] == -1 else None

            other.plan = plan
            again = Stack(other)
            assert again.create(throughput()) == "CREATE_COMPLETE", number
            assert other.bedrock.purchases == 1, number
            assert len(set(again.requests[0].answers)) == 1, number


@pytest.mark.parametrize("kind", TEMPLATES)
def test_fault_04_an_event_delivered_three_times_works_and_is_answered_once(
    world: World, stack: Stack, kind: str
) -> None:
    stack.deliveries = 3

    assert stack.create(TEMPLATES[kind]) == "CREATE_COMPLETE"

    assert len(stack.requests[0].answers) == 1
    assert len(world.bedrock.billed()) == (0 if kind == "access" else 1)
    assert outcomes(world).count("answered before") == 2


def test_fault_18_throttling_of_nine_calls_in_ten_costs_time_only(world: World, stack: Stack) -> None:
    world.bedrock.settings.creating = 1800
    number = [0]

    def throttle(call: Call) -> Fault | None:
        number[0] += call.name == GET
        return Fault("error", "ThrottlingException") if call.name == GET and number[0] % 10 else None

    world.plan = throttle
    assert stack.create(throughput()) == "CREATE_COMPLETE"

    create = stack.requests[0]
    minutes = (create.answered_at - create.sent_at) / 60
    assert minutes > 30
    assert number[0] <= 2 * minutes
    assert world.bedrock.purchases == 1


def test_fault_20_a_deploy_tried_again_with_the_same_request_id_buys_anew(world: World, stack: Stack) -> None:
    stack.reuses_request_ids = True
    world.bedrock.settings.fail = lambda name: True
    assert stack.create(throughput()) == "ROLLBACK_COMPLETE"
    world.bedrock.settings.fail = lambda name: False

    assert stack.create(throughput()) == "CREATE_COMPLETE"

    assert stack.requests[0].event["RequestId"] == stack.requests[2].event["RequestId"]
    assert world.bedrock.purchases == 2
    assert [world.bedrock.status(item) for item in world.bedrock.billed()] == ["InService"]


@pytest.mark.parametrize("lag", [0.0, 15.0])
def test_fault_21_an_answer_of_bedrock_that_was_lost_buys_once(world: World, stack: Stack, lag: float) -> None:
    world.bedrock.settings.lag = lag
    world.plan = fault_at(CREATE, Fault("lost"), times=2)

    assert stack.create(throughput()) == "CREATE_COMPLETE"
    assert world.bedrock.purchases == 1


def denied_until(world: World, seconds: float) -> Plan:
    end = world.scheduler.now + seconds
    message = "not authorized to perform: bedrock:GetProvisionedModelThroughput"

    def plan(call: Call) -> Fault | None:
        refused = call.service == "bedrock" and call.moment < end
        return Fault("error", "AccessDeniedException", message=message) if refused else None

    return plan


def test_fault_29_a_policy_that_iam_spreads_late_is_waited_for(world: World, stack: Stack) -> None:
    world.plan = denied_until(world, 90)

    assert stack.create(throughput()) == "CREATE_COMPLETE"


def test_fault_29_a_permission_that_is_missing_fails_in_150_seconds_and_is_named(world: World, stack: Stack) -> None:
    world.plan = denied_until(world, 10_000)

    stack.create(throughput())

    create = stack.requests[0]
    assert create.status == "FAILED"
    assert 100 < create.answered_at - create.sent_at <= 150
    assert "bedrock:GetProvisionedModelThroughput" in create.reason
