"""A canary: its share of the requests, and what answers where it fails."""

from __future__ import annotations

from typing import Any

import pytest

from inference_api.aliases import CACHE_SECONDS
from inference_api.aws.connections import ReadTimeoutError
from inference_api.canary import CANARY_SECONDS, random_share
from inference_api.fallback import BUDGET_SECONDS
from tests.inference_api.canaries import CANARY, CANDIDATE_ARN, CHAT, HELLO, TRIED, WATCHED, answering, lines, runs
from tests.inference_api.conftest import CAPACITY, MICRO, SERVING, Api, converse_response
from tests.inference_api.test_fallback import FINAL, RECOVERABLE


def test_a_candidate_that_is_an_imported_model_is_named_as_one(api: Api) -> None:
    imported = "arn:aws:bedrock:us-east-1:111122223333:imported-model/abcdefgh1234"
    tried: dict[str, Any] = {**SERVING, "canary": {**CANARY, "target_arn": imported}}
    api.publishes(serving=tried)
    api.share = 0.0

    first = api.aliases.resolve("support-bot", measured=True)[0]

    assert (first.invoke_id, first.kind) == (imported, "imported-model")


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, ["fedcba9876543210", "0123456789abcdef", MICRO["model"]]),
        (0.0999, ["fedcba9876543210", "0123456789abcdef", MICRO["model"]]),
        (0.1, ["0123456789abcdef", MICRO["model"]]),
        (0.99, ["0123456789abcdef", MICRO["model"]]),
    ],
)
def test_its_share_of_the_requests_goes_to_the_candidate_first(api: Api, share: float, expected: list[str]) -> None:
    api.share = share

    assert runs(api, serving=TRIED) == expected


def test_the_first_model_of_an_alias_is_tried_over_the_base_model(api: Api) -> None:
    assert runs(api, serving={"canary": CANARY}) == ["fedcba9876543210", MICRO["model"]]


def test_it_goes_before_a_provisioned_throughput_too(api: Api) -> None:
    assert runs(api, serving=TRIED, capacity=CAPACITY)[:2] == ["fedcba9876543210", "abcdefgh5678"]


def test_a_canary_whose_workflow_was_stopped_ends_by_itself(api: Api) -> None:
    api.clock.now = CANARY["until"]

    assert runs(api, serving=TRIED) == ["0123456789abcdef", MICRO["model"]]


def test_requests_of_a_kind_that_is_not_compared_never_try_it(api: Api) -> None:
    """Retrieval's prompts are Bedrock's own, and embeddings have no custom models."""
    api.publishes(serving=TRIED)

    assert [target.variant for target in api.aliases.resolve("support-bot")] == ["", ""]


def test_system_fingerprint_tells_a_canary(api: Api) -> None:
    api.publishes(serving=TRIED)
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    _, body = api.post(CHAT, HELLO)

    assert body["system_fingerprint"] == "fedcba9876543210"
    assert lines(api) == {"canary": (0, 0, True)}


# What reached no model: a policy or a deployment that is not in force.
UNREACHED = ("denied", "gone", "knowledge-base")


@pytest.mark.parametrize("name", [*RECOVERABLE, *FINAL])
def test_no_caller_sees_a_failure_of_the_canary(api: Api, name: str) -> None:
    failure = {**RECOVERABLE, **FINAL}[name]
    api.clients.converse, asked = answering(failure), []  # type: ignore[method-assign]
    api.publishes(serving=TRIED)
    asked.append(api.post(CHAT, HELLO))

    ((status, body),) = asked
    assert (status, body["system_fingerprint"]) == (200, "0123456789abcdef")
    counted = {} if name in UNREACHED else {"canary": (1, 0, False)}
    assert lines(api) == {**counted, "serving": (0, 0, True)}


def test_a_canary_is_tried_again_after_a_failure_so_that_its_errors_are_counted(api: Api) -> None:
    api.clients.converse = answering(RECOVERABLE["throttled"])  # type: ignore[method-assign]
    api.publishes(serving=TRIED)

    for _ in range(3):
        assert api.post(CHAT, HELLO)[0] == 200
        assert lines(api)["canary"] == (1, 0, False)


def test_a_silent_canary_leaves_most_of_the_time_to_what_serves(api: Api) -> None:
    given: list[float] = []

    def converse(model_id: str, request: Any, *, read_seconds: float) -> dict[str, Any]:
        given.append(read_seconds)
        if model_id == CANDIDATE_ARN:
            api.clock.sleep(read_seconds)
            raise ReadTimeoutError("silent")
        if len(given) == 2:
            raise RECOVERABLE["throttled"]
        return converse_response({"text": "Hi"})

    api.clients.converse = converse  # type: ignore[method-assign]
    api.publishes(serving=TRIED)

    status, body = api.post(CHAT, HELLO)

    assert (status, body["system_fingerprint"]) == (200, MICRO["model"])  # even the fallback after it
    assert given[0] == CANARY_SECONDS
    assert given[1] == BUDGET_SECONDS - CANARY_SECONDS


def test_what_the_caller_must_change_is_told_by_what_serves_and_counts_for_neither(api: Api) -> None:
    api.publishes(serving=TRIED)
    api.runtime.add_client_error("converse", "ModelErrorException", "of the canary")
    api.runtime.add_client_error("converse", "ValidationException", "Input is too long for requested model.")

    status, body = api.post(CHAT, HELLO)

    assert (status, body["error"]["code"]) == (400, "invalid_request")
    assert lines(api, status) == {}


def test_three_targets_are_still_tried_after_a_canary(api: Api) -> None:
    api.publishes(serving=TRIED, capacity=CAPACITY)
    for _ in range(3):
        api.runtime.add_client_error("converse", "ThrottlingException")
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    assert api.post(CHAT, HELLO)[1]["system_fingerprint"] == MICRO["model"]


def test_a_caller_sees_no_failure_through_a_promotion_with_canary_and_a_return(api: Api) -> None:
    """The parameter goes through all its states; whatever the new model does, each request is answered."""
    api.clients.converse = answering(RECOVERABLE["model-error"])  # type: ignore[method-assign]
    promoted = {**WATCHED, "run_id": CANARY["run_id"]}
    seen = []
    for parameter in (SERVING, TRIED, SERVING, TRIED, promoted, SERVING):
        api.publishes(serving=parameter)
        for step in range(20):
            api.share = step / 20
            status, body = api.post(CHAT, HELLO)
            seen.append((status, body["system_fingerprint"]))
        api.clock.sleep(CACHE_SECONDS)

    assert {status for status, _ in seen} == {200}
    assert [run for _, run in seen[80:100]] == [CANARY["run_id"]] * 20
    assert {run for _, run in seen[100:]} == {SERVING["run_id"]}


def test_shares_are_spread_evenly() -> None:
    shares = [random_share() for _ in range(2000)]

    assert all(0 <= share < 1 for share in shares)
    assert 100 < sum(share < 0.1 for share in shares) < 300
