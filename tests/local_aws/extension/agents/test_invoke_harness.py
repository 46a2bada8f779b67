"""InvokeHarness: the loop of model and tools, its events, its ends, and what is refused."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError

from local_aws.emulator import EmbeddedAws
from tests.local_aws.conftest import Client
from tests.local_aws.extension.agents.conftest import Ask
from tests.local_aws.extension.agents.shop import MODEL
from tests.local_aws.servers import code, faults

Events = list[dict[str, Any]]
ORDER_TOOL = "order-status___call"
CONTEXT = [
    f"bedrockAgentCore{name}"
    for name in ("AwsRequestId", "GatewayId", "McpMessageId", "MessageVersion", "TargetId", "ToolName")
]


def stops(events: Events) -> list[str]:
    return [event["messageStop"]["stopReason"] for event in events if "messageStop" in event]


def text(events: Events) -> str:
    deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
    return "".join(delta["text"] for delta in deltas if "text" in delta)


def calls(events: Events) -> list[dict[str, Any]]:
    """The tool uses, with their input."""
    found: list[dict[str, Any]] = []
    for event in events:
        if use := event.get("contentBlockStart", {}).get("start", {}).get("toolUse"):
            found.append({**use, "input": ""})
        if part := event.get("contentBlockDelta", {}).get("delta", {}).get("toolUse"):
            found[-1]["input"] += part["input"]
    return [{**use, "input": json.loads(use["input"])} for use in found]


def results(events: Events) -> list[tuple[str, str]]:
    """(status, text) of each tool result."""
    starts = [event["contentBlockStart"]["start"] for event in events if "contentBlockStart" in event]
    deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
    told = [delta["toolResult"][0]["text"] for delta in deltas if "toolResult" in delta]
    return list(zip((start["toolResult"]["status"] for start in starts if "toolResult" in start), told, strict=True))


def test_the_agent_calls_the_tool_that_the_question_demands_and_answers_from_its_result(ask: Ask) -> None:
    events = ask("What is the status of order 4711?", qualifier="live")

    assert stops(events) == ["tool_use", "tool_result", "end_turn"]
    assert [(use["name"], use["input"]) for use in calls(events)] == [(ORDER_TOOL, {"order_id": "4711"})]
    ((status, told),) = results(events)
    assert status == "success"
    assert json.loads(told) == {"order_id": "4711", "status": "shipped", "tool": ORDER_TOOL, "keys": CONTEXT}
    assert "shipped" in text(events)


def test_blocks_are_numbered_from_zero_and_one_event_has_the_usage_of_all_calls(ask: Ask) -> None:
    events = ask("What is the status of order 4711?")

    numbers = [event["contentBlockStop"]["contentBlockIndex"] for event in events if "contentBlockStop" in event]
    assert numbers == [0, 0, 0]
    ((usage, metrics),) = [event["metadata"].values() for event in events if "metadata" in event]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"]
    assert usage["outputTokens"] > len(text(events)) // 4, "with the tokens of the tool's call"
    assert metrics["latencyMs"] > 0


def test_a_function_that_fails_is_a_tool_result_with_the_status_error(ask: Ask) -> None:
    events = ask("What is the status of order 13?")

    ((status, told),) = results(events)
    assert (status, told) == ("error", "The function failed: ValueError: there is no order 13")
    assert stops(events)[-1] == "end_turn"
    assert "The tool failed" in text(events)


@pytest.mark.parametrize("fault", ["failing-tools", "timed-out-tools"])
def test_a_fault_fails_the_tools(ask: Ask, aws: EmbeddedAws, fault: str) -> None:
    with faults(aws.endpoint_url, fault):
        events = ask("What is the status of order 4711?")

    assert [status for status, _ in results(events)] == ["error"]
    assert stops(events)[-1] == "end_turn"


@pytest.mark.parametrize(
    ("limit", "end"),
    [
        ({"maxIterations": 1}, "max_iterations_exceeded"),
        ({"maxTokens": 1}, "max_output_tokens_exceeded"),
    ],
)
def test_a_limit_ends_the_loop_and_the_session_goes_on(ask: Ask, limit: dict[str, int], end: str) -> None:
    assert stops(ask("What is the status of order 4711?", **limit)) == ["tool_use", "tool_result", end]
    assert stops(ask("Hello")) == ["end_turn"], "the unfinished turn is not in the way"


def test_time_ends_the_loop(ask: Ask) -> None:
    assert stops(ask("What is the status of order 14?", timeoutSeconds=1)) == ["tool_use", "timeout_exceeded"]


def test_an_inline_function_is_left_to_the_caller_who_sends_its_result(ask: Ask) -> None:
    events = ask("Please create a ticket: the lamp is broken")
    (use,) = calls(events)
    assert (stops(events), use["name"], results(events)) == (["tool_use"], "tickets", [])

    content = [{"text": "ticket 5 is open"}]
    result = {"toolResult": {"toolUseId": use["toolUseId"], "content": content, "status": "success"}}
    events = ask(
        [{"role": "assistant", "content": [{"toolUse": use}]}, {"role": "user", "content": [result]}],
    )

    assert stops(events) == ["end_turn"]
    assert "ticket 5 is open" in text(events)


def test_an_inline_function_that_nobody_answers_leaves_the_session_clean(ask: Ask) -> None:
    ask("Please create a ticket: the lamp is broken")

    assert stops(ask("Hello")) == ["end_turn"]


def test_a_session_remembers_its_turns_and_no_other_session_does(ask: Ask) -> None:
    ask("My order is 4711.")

    again = ask("What is the status of my order?")
    other = ask("What is the status of my order?", runtimeSessionId=str(uuid.uuid4()))

    assert [use["input"] for use in calls(again)] == [{"order_id": "4711"}]
    assert (calls(other), stops(other)) == ([], ["end_turn"])
    assert "I need order_id" in text(other)


def test_an_invocation_sets_its_own_tools_in_place_of_the_harness(ask: Ask) -> None:
    assert calls(ask("What is the status of order 4711?", allowedTools=["tickets"])) == []
    (use,) = calls(ask("Execute the bash command ls in the shell", allowedTools=["*"], maxIterations=1))
    assert use["name"] == "shell", "it is there unless allowedTools leaves it out"


def test_a_memory_keeps_the_turns_of_an_actor_and_what_they_said(
    ask: Ask, shop: dict[str, str], client: Client
) -> None:
    session = str(uuid.uuid4())
    ask("My city is Vienna. What is the status of order 77?", "Remembering", actorId="ada", runtimeSessionId=session)

    core = client("bedrock-agentcore")
    events = core.list_events(memoryId=shop["MemoryId"], actorId="ada", sessionId=session, includePayloads=True)
    kinds = [next(iter(event["payload"][0])) for event in events["events"]]
    assert sorted(kinds) == ["blob", "blob", "conversational", "conversational"]
    query = {"searchQuery": "Which city?", "topK": 3}
    found = core.retrieve_memory_records(memoryId=shop["MemoryId"], namespace="/facts/ada/", searchCriteria=query)
    assert [one["content"]["text"] for one in found["memoryRecordSummaries"]] == ["My city is Vienna."]
    again = ask("And the status of my order?", "Remembering", actorId="ada", runtimeSessionId=session)
    assert [use["input"] for use in calls(again)] == [{"order_id": "77"}]
    other = ask("And the status of my order?", "Remembering", actorId="bob", runtimeSessionId=session)
    assert calls(other) == [], "another actor has another memory"


def test_a_role_that_lacks_a_right_is_refused(ask: Ask) -> None:
    with pytest.raises(ClientError, match="is not authorized to perform: bedrock-agentcore:InvokeGateway") as refused:
        ask("Hello", "Poor")

    assert code(refused) == "AccessDeniedException"


def test_a_guardrail_stops_the_answer_if_the_role_may_apply_it(ask: Ask, client: Client) -> None:
    words = {"wordsConfig": [{"text": "dynamite"}]}
    bedrock = client("bedrock")
    number = bedrock.create_guardrail(
        name="shop", wordPolicyConfig=words, blockedInputMessaging="No.", blockedOutputsMessaging="No."
    )["guardrailId"]
    guarded = {"guardrailIdentifier": number, "guardrailVersion": "DRAFT"}
    model = {"bedrockModelConfig": {"modelId": MODEL, "additionalParams": {"guardrailConfig": guarded}}}

    events = ask("Where do I buy dynamite?", "Remembering", model=model)
    with pytest.raises(ClientError, match="is not authorized to perform: bedrock:ApplyGuardrail"):
        ask("Hello", model=model)

    bedrock.delete_guardrail(guardrailIdentifier=number)
    assert (stops(events), text(events)) == (["guardrail_intervened"], "No.")


def test_an_endpoint_that_does_not_exist_is_refused(ask: Ask) -> None:
    with pytest.raises(ClientError) as refused:
        ask("Hello", qualifier="other")

    assert code(refused) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"messages": [{"role": "assistant", "content": [{"text": "Hi"}]}]}, "messages"),
        ({"runtimeSessionId": "x" * 32 + "!"}, "runtimeSessionId"),
        ({"model": {"openAiModelConfig": {"modelId": "gpt", "apiKeyArn": "arn:aws:a:b:c:d/e"}}}, "model"),
        ({"tools": [{"type": "agentcore_browser", "name": "browser"}]}, "tools"),
        ({"timeoutSeconds": 0}, "timeoutSeconds"),
        ({"skills": [{"path": "a"}]}, "skills"),
    ],
)
def test_what_is_not_valid_is_refused_with_its_field(ask: Ask, more: dict[str, Any], field: str) -> None:
    messages = more.pop("messages", "Hello")
    with pytest.raises(ClientError) as refused:
        ask(messages, **more)

    assert code(refused) == "ValidationException"
    assert refused.value.response["reason"] == "FieldValidationFailed"  # type: ignore[typeddict-item]
    assert [one["name"] for one in refused.value.response["fieldList"]] == [field]  # type: ignore[typeddict-item]


def test_a_model_that_fails_is_an_error_of_the_stream(ask: Ask) -> None:
    with pytest.raises(EventStreamError, match=r"runtimeClientError.*model identifier is invalid"):
        ask("Hello", model={"bedrockModelConfig": {"modelId": "amazon.nothing-v1:0"}})
