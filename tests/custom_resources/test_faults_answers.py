"""Faults of the answer and what it may say: numbers 26, 27 and 28."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_resources.framework import answer
from custom_resources.framework.answer import BODY_LIMIT, UndeliverableError
from custom_resources.framework.request import Request
from tests.cloudformation_harness.clients import Fault
from tests.cloudformation_harness.cloudformation import Stack
from tests.cloudformation_harness.conversation import Sent
from tests.cloudformation_harness.templates import access, throughput
from tests.cloudformation_harness.training import start, training
from tests.cloudformation_harness.world import World, fault_at
from tests.custom_resources.aws import event
from tests.customization.aws import BUCKET

# Everything that JSON may have to escape: lone surrogates, control characters, four bytes a character.
TEXT = st.text(st.characters(codec=None), max_size=6000) | st.integers(0, 6000).map(lambda count: "\U0001f4a5" * count)
REQUEST = Request.from_event(event("Create", {}))
CANARY = "CANARY-7f3a"


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(reason=TEXT, identity=st.text(min_size=1, max_size=250), stack=st.text(max_size=250))
def test_fault_26_a_reason_of_any_length_and_script_fits(reason: str, identity: str, stack: str) -> None:
    body = answer.failed(dataclasses.replace(REQUEST, stack_id=stack), identity, reason)

    assert len(body) <= BODY_LIMIT
    assert json.loads(body)["Reason"]


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(data=st.dictionaries(st.text(max_size=60), TEXT, max_size=4))
def test_fault_26_attributes_that_do_not_fit_fail_instead_of_being_cut(data: dict[str, str]) -> None:
    body = answer.succeeded(REQUEST, "sup-support", data)

    given = json.loads(body)
    assert len(body) <= BODY_LIMIT
    assert given["Status"] == "FAILED" or given["Data"].keys() == data.keys()
    assert given["RequestId"] == REQUEST.request_id


@pytest.mark.parametrize("fate", [500, 503, ConnectionResetError("reset"), TimeoutError("slow")], ids=str)
def test_fault_27_a_url_that_fails_three_times_gets_the_answer(
    world: World, stack: Stack, fate: int | Exception
) -> None:
    world.put_plan = lambda count: fate if count <= 3 else None

    assert stack.create(access()) == "CREATE_COMPLETE"
    assert len(stack.requests[0].answers) == 1


@pytest.mark.parametrize("fate", [403, 500, ConnectionRefusedError("refused")], ids=str)
def test_fault_27_a_url_that_never_works_ends_the_invocation_in_a_minute(
    world: World, stack: Stack, fate: int | Exception
) -> None:
    world.put_plan = lambda count: fate

    stack.create(access())

    create: Sent = stack.requests[0]
    assert create.status == "TIMEOUT"
    attempts = len(world.invocations[0].attempts)
    assert attempts == (1 if fate == 403 else 3)  # nobody will ever take what is forbidden now
    assert world.puts <= 5 * 3 * len(stack.requests)
    assert not [line for line in world.log if "X-Amz" in line or "CANARY" in line]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/a", None),
        ("https://attacker.example/a", None),
        ("https://s3.amazonaws.com.attacker.example/a", None),
        ("https://bucket.s3.amazonaws.com@attacker.example/a", None),
        ("https://169.254.169.254/a", None),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2"),
    ],
)
def test_fault_27_an_answer_goes_to_s3_or_to_the_configured_endpoint_only(url: str, local: str | None) -> None:
    def put(url: str, body: bytes) -> int:
        raise AssertionError("nothing may be sent")

    with pytest.raises(UndeliverableError, match="neither to S3"):
        answer.deliver(url, b"{}", local_endpoint=local, put=put, sleep=lambda seconds: None)


@pytest.mark.parametrize(
    "url",
    [
        "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/a?X-Amz-Date=1",
        "https://cloudformation-custom-resource-response-uswest2.s3-us-west-2.amazonaws.com/a",
        "https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/a",
    ],
)
def test_fault_27_cloudformations_own_buckets_are_known(url: str) -> None:
    answer.deliver(url, b"{}", local_endpoint=None, put=lambda url, body: 200, sleep=lambda seconds: None)


def kept(world: World, stack: Stack) -> str:
    answers = [body.decode() for request in stack.requests for body in request.answers]
    return "\n".join([*world.log, *world.stepfunctions.history, json.dumps(world.dynamodb.items), *answers])


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "InternalServerException"])
def test_fault_28_a_url_quoted_by_an_error_reaches_nothing(world: World, stack: Stack, code: str) -> None:
    quoted = f"PUT https://s3.example/a?X-Amz-Date=1&X-Amz-Signature={CANARY} refused"
    world.plan = fault_at(
        "bedrock.create_provisioned_model_throughput", Fault("error", code, message=quoted), times=1000
    )

    stack.create(throughput())

    assert stack.requests[0].status == "FAILED"
    assert "<signed URL>" in stack.requests[0].reason
    assert CANARY not in kept(world, stack)
    assert "CANARY" not in kept(world, stack)  # the harness's own URLs carry one, too


def test_fault_28_a_url_in_an_exception_of_the_way_out_reaches_nothing(world: World, stack: Stack) -> None:
    world.put_plan = lambda count: ConnectionError(f"cannot reach https://s3/?X-Amz-Signature={CANARY}")

    stack.create(throughput())

    assert CANARY not in kept(world, stack)
    assert any("RetryLaterError" in line for line in world.log)  # the runtime's own line about the exception


@pytest.mark.parametrize("broken", ["", '{"messages": ', '{"schemaVersion": "x", "messages": [{"role": '])
def test_fault_28_a_prompt_reaches_no_log_and_no_history(world: World, stack: Stack, broken: str) -> None:
    with training(world):
        line = f'{broken}"{CANARY}"\n'.encode()
        world.s3.content[BUCKET, "data/support/one.jsonl"] += line * 3
        stack.deploying(start())
        world.scheduler.run()

    (execution,) = world.stepfunctions.executions
    assert execution.status == "FAILED"
    assert CANARY not in kept(world, stack)


def test_fault_28_a_prompt_of_a_good_dataset_reaches_no_log_and_no_history(world: World, stack: Stack) -> None:
    with training(world):
        one: Any = world.s3.content[BUCKET, "data/support/one.jsonl"]
        world.s3.content[BUCKET, "data/support/one.jsonl"] = one.replace(b"What of one?", CANARY.encode())
        stack.deploying(start())
        world.scheduler.run()

    assert world.stepfunctions.executions[0].status == "SUCCEEDED"
    assert CANARY not in kept(world, stack)
    assert world.stepfunctions.history


@pytest.mark.parametrize("secret", ["ModelIdentifier", "Customization", "Alias", "KitDeployment"])
def test_fault_28_properties_reach_no_log(world: World, stack: Stack, secret: str) -> None:
    stack.create(throughput(**{secret: f"{CANARY}-{secret}"}))
    stack.delete()

    assert CANARY not in "\n".join(world.log)
