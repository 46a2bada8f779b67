"""What callers and the log see of a fallback."""

from __future__ import annotations

import json

from tests.inference_api.conftest import CAPACITY, SERVING, Api, converse_response

CHAT = "/v1/chat/completions"
HELLO = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}


def test_body_headers_and_log_list_the_attempts(api: Api) -> None:
    api.publishes(serving=SERVING, capacity=CAPACITY)
    api.runtime.add_client_error("converse", "ThrottlingException")
    api.runtime.add_client_error("converse", "ModelNotReadyException")
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    status, headers, content = api.raw("POST", CHAT, json.dumps(HELLO).encode())

    target = "amazon.nova-micro-v1:0"
    served_by = {"alias": "support-bot", "target": target, "kind": "foundation-model", "attempts": 3}
    assert (status, json.loads(content)["served_by"]) == (200, served_by)
    assert headers["x-bedrock-kit-served-by"] == "foundation-model"
    assert headers["x-bedrock-kit-attempts"] == "3"
    assert [(attempt.target.kind, attempt.error) for attempt in api.facts.attempts] == [
        ("provisioned-throughput", "ThrottlingException"),
        ("custom-model-deployment", "ModelNotReadyException"),
        ("foundation-model", None),
    ]


def test_retrieve_and_generate_falls_back_in_the_same_order(api: Api) -> None:
    api.publishes(serving=SERVING, capacity=CAPACITY)
    api.agent.add_client_error("retrieve_and_generate", "ThrottlingException")
    api.agent.add_response(
        "retrieve_and_generate", {"sessionId": "session-1", "output": {"text": "Yes."}, "citations": []}
    )

    status, answer = api.post("/v1/retrieve-and-generate", {"query": "?", "model": "support-bot"})

    assert (status, answer["served_by"]["target"]) == (200, "custom-model-deployment/abcdefgh1234")
    assert answer["served_by"]["attempts"] == 2


def test_only_the_log_has_the_arn_with_the_account(api: Api) -> None:
    api.promoted()
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    _, headers, content = api.raw("POST", CHAT, json.dumps(HELLO).encode())

    assert headers["x-bedrock-model"] == "custom-model-deployment/abcdefgh1234"
    assert "111122223333" not in f"{headers}{content!r}"
    assert api.facts.served_by is not None
    assert api.facts.served_by["target"] == SERVING["target_arn"]
