"""Faults 13 to 20 where a training run is what hangs on the resource: starter and workflow are the real ones."""

import json
from collections.abc import Iterator

import pytest

from tests.cloudformation_harness.clients import Fault
from tests.cloudformation_harness.cloudformation import Stack
from tests.cloudformation_harness.training import STARTER, start, synthesized, training, upload_event
from tests.cloudformation_harness.world import World, fault_at

DAY = 86_400.0
SERVING = "/bedrock-kit/sup/aliases/support-bot/serving"


@pytest.fixture(autouse=True)
def workflow(world: World) -> Iterator[None]:
    with training(world):
        yield


def statuses(world: World) -> list[str]:
    return [execution.status for execution in world.stepfunctions.executions]


def run_for(stack: Stack, seconds: float) -> None:
    """Only so far: jobs of days go on behind the stack's operations."""
    stack.world.scheduler.run(until=stack.world.scheduler.now + seconds)


def deploy(stack: Stack, key: str = "one") -> float:
    """Seconds that the stack's operation took; what it started goes on."""
    operation = stack.deploying(start(key))
    run_for(stack, 900)
    assert operation.finished
    return max(request.answered_at - request.sent_at for request in stack.requests)


def test_fault_13_an_update_while_a_job_runs_is_refused_and_starts_no_second_job(world: World, stack: Stack) -> None:
    deploy(stack)

    deploy(stack, "two")

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "support is being trained with other data or settings; wait for it or stop it" in stack.requests[1].reason
    assert len(world.jobs.all) == 1
    assert len(world.jobs.in_progress()) == 1


def test_fault_14_a_delete_stops_the_job_and_waits_until_it_has_stopped(world: World, stack: Stack) -> None:
    deploy(stack)

    assert stack.delete() == "DELETE_COMPLETE"

    request = stack.requests[-1]
    assert [world.jobs.status(job) for job in world.jobs.all] == ["Stopped"]
    assert 120 <= request.answered_at - request.sent_at < 3600
    assert statuses(world) == ["ABORTED"]


def test_fault_14_a_job_that_does_not_stop_fails_the_delete_with_its_arn(world: World, stack: Stack) -> None:
    world.jobs.stopping_seconds = 3 * 3600
    deploy(stack)

    assert stack.delete() == "DELETE_FAILED"

    request = stack.requests[-1]
    assert world.jobs.all[0].arn in request.reason
    assert 3300 < request.answered_at - request.sent_at < 3570
    world.scheduler.run()


def test_fault_15_a_stop_that_meets_the_end_of_the_job_takes_it_for_finished(world: World, stack: Stack) -> None:
    deploy(stack)
    world.stepfunctions.executions[0].status = "ABORTED"  # stopped by hand: its job runs on
    (job,) = world.jobs.all

    def ends_now(call: object) -> None:
        if getattr(call, "operation", "") == "stop_model_customization_job":
            job.ends = world.scheduler.now

    world.plan = ends_now
    assert stack.delete() == "DELETE_COMPLETE"

    assert world.jobs.status(job) == "Completed"
    assert world.jobs.model_arn(job) in world.bedrock.models  # data: it has its owner's tag and outlives the stack
    assert {"key": "bedrock-kit:deployment", "value": "sup"} in job.given["customModelTags"]


def test_fault_16_no_stack_operation_waits_for_a_job_of_three_days(world: World, stack: Stack) -> None:
    world.jobs.hours = 72

    assert deploy(stack) < 60
    assert stack.status == "CREATE_COMPLETE"
    assert statuses(world) == ["RUNNING"]

    world.scheduler.run()
    assert statuses(world) == ["SUCCEEDED"]
    assert world.scheduler.now - world.jobs.all[0].created > 3 * DAY
    assert json.loads(world.ssm.values[SERVING])["custom_model_arn"] == world.jobs.model_arn(world.jobs.all[0])
    assert world.stepfunctions.executions[0].transitions < 200  # of the 25,000 that a history may have


def test_fault_17_no_event_is_needed_to_see_a_job_end(world: World, stack: Stack) -> None:
    deploy(stack)

    world.scheduler.run()

    published = json.loads(world.ssm.values[SERVING])["published_at"]
    assert published
    polls = [state for state in synthesized()[0]["States"].values() if state["Type"] == "Task"]
    assert not [state for state in polls if "waitForTaskToken" in state["Resource"]]


def test_fault_17_doubled_and_late_events_start_one_run(world: World, stack: Stack) -> None:
    starter = world.functions[STARTER]
    for delay in (0.0, 0.01, 30.0, 5 * DAY):
        world.scheduler.spawn(lambda: starter(upload_event()), "event", delay=delay)
    deploy(stack)

    world.scheduler.run()

    assert statuses(world) == ["SUCCEEDED"]
    assert len(world.jobs.all) == 1


def test_fault_19_a_failed_job_ends_the_run_with_bedrocks_reason_and_nothing_is_served(
    world: World, stack: Stack
) -> None:
    world.jobs.failure = "the training file has no records"
    deploy(stack)

    world.scheduler.run()

    (execution,) = world.stepfunctions.executions
    assert execution.status == "FAILED"
    assert "the training file has no records" in execution.cause
    assert SERVING not in world.ssm.values
    assert world.bedrock.billed() == []


def test_fault_19_a_job_stopped_by_somebody_ends_the_run(world: World, stack: Stack) -> None:
    deploy(stack)
    world.jobs.stop({"jobIdentifier": world.jobs.all[0].arn})

    world.scheduler.run()

    assert statuses(world) == ["FAILED"]
    assert "Stopped" in world.stepfunctions.executions[0].cause
    assert world.bedrock.billed() == []


@pytest.mark.parametrize(
    ("allowed", "runs"), [({}, ["FAILED"]), ({"RetryFailed": "true"}, ["FAILED", "SUCCEEDED"])], ids=["not", "allowed"]
)
def test_fault_20_the_run_after_a_failed_one_is_a_new_job_if_that_is_allowed(
    world: World, stack: Stack, allowed: dict[str, str], runs: list[str]
) -> None:
    stack.reuses_request_ids = True
    world.jobs.failure = "no capacity"
    deploy(stack)
    world.scheduler.run()
    world.jobs.failure = ""

    stack.resources.clear()
    assert stack.create(start(**allowed)) == "CREATE_COMPLETE"
    world.scheduler.run()

    assert stack.requests[0].event["RequestId"] == stack.requests[1].event["RequestId"]
    assert statuses(world) == runs
    assert len(world.jobs.all) == len(runs)


def test_an_answer_of_the_starter_that_was_lost_starts_no_second_run(world: World, stack: Stack) -> None:
    world.plan = fault_at("lambda.invoke", Fault("lost"))

    deploy(stack)
    world.scheduler.run()

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs.all) == 1
