"""Models of the Region that differ from the catalog, and access that is missing: each is seen."""

from typing import Any

import pytest

from tests.kit.verify.fake_account import Answer, FakeAccount, config, found_by, refused, seen

NOVA, TRAINED = "amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0:128k"
CLAUDE = "anthropic.claude-haiku-4-5-20251001-v1:0"
ONLY_NOVA: dict[str, Any] = {"training": None, "knowledge_base": None, "agents": None}


def api(model: str, **more: Any) -> dict[str, Any]:
    return {**ONLY_NOVA, "inference_api": {"aliases": {"bot": {"model": model}}}, **more}


def listed(model: str, **facts: Any) -> Answer:
    summary = {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{model}",
        "modelId": model,
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": {"status": "ACTIVE"},
        **facts,
    }
    return {"modelSummaries": [summary]}


def available(**facts: Any) -> Answer:
    status = facts.pop("agreement", "AVAILABLE")
    return {
        "modelId": NOVA,
        "agreementAvailability": {"status": status},
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
        **facts,
    }


def test_a_model_that_is_not_listed_or_needs_a_profile_does_not_hold() -> None:
    given = config(**api(NOVA))

    for answer, verdict in (
        (listed(NOVA), "holds"),
        (listed("other.model-v1:0"), "does not hold"),
        (listed(NOVA, inferenceTypesSupported=["INFERENCE_PROFILE"]), "does not hold"),
    ):
        assert seen("models-offered", FakeAccount(ListFoundationModels=answer), given) == [(NOVA, verdict)]


def test_a_profile_that_is_not_listed_does_not_hold() -> None:
    given = config(**api(f"us.{NOVA}"))
    nothing: Answer = {"inferenceProfileSummaries": []}

    assert seen("models-offered", FakeAccount(ListInferenceProfiles=nothing), given) == [
        (f"us.{NOVA}", "does not hold")
    ]


def test_a_model_for_provisioned_throughput_must_be_offered_as_such() -> None:
    throughput = {"reserve": {"model": TRAINED, "accept_hourly_cost_usd": 1.0}}
    given = config(**ONLY_NOVA, inference_api=None, provisioned_throughput=throughput)

    for types, verdict in ((["PROVISIONED"], "holds"), (["ON_DEMAND"], "does not hold")):
        account = FakeAccount(ListFoundationModels=listed(TRAINED, inferenceTypesSupported=types))
        assert seen("models-offered", account, given) == [(TRAINED, verdict)]


def test_another_lifecycle_than_the_catalogs_does_not_hold() -> None:
    account = FakeAccount(ListFoundationModels=listed(NOVA, modelLifecycle={"status": "LEGACY"}))

    (finding,) = found_by("lifecycle", account, config(**api(NOVA)))

    assert finding.verdict.value == "does not hold"
    assert finding.reason == "AWS says LEGACY, the catalog ACTIVE: kit models refresh"


@pytest.mark.parametrize(
    ("methods", "verdict"),
    [(["FINE_TUNING"], "holds"), (["CONTINUED_PRE_TRAINING"], "does not hold"), ([], "does not hold")],
)
def test_an_account_that_may_not_fine_tune_the_model_is_told(methods: list[str], verdict: str) -> None:
    account = FakeAccount(ListFoundationModels=listed(TRAINED, customizationsSupported=methods))

    assert seen("customization", account) == [(TRAINED, verdict)]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (available(), "holds"),
        (available(authorizationStatus="NOT_AUTHORIZED"), "does not hold"),
        (available(regionAvailability="NOT_AVAILABLE"), "does not hold"),
        (available(agreement="PENDING", entitlementAvailability="NOT_AVAILABLE"), "cannot tell"),
        (available(agreement="NOT_AVAILABLE", entitlementAvailability="NOT_AVAILABLE"), "cannot tell"),
        (refused("ValidationException"), "holds"),
        (refused("ResourceNotFoundException"), "does not hold"),
        (refused("AccessDeniedException"), "cannot tell"),
    ],
)
def test_access_is_read_from_all_four_values(answer: Answer, verdict: str) -> None:
    account = FakeAccount(GetFoundationModelAvailability=answer)

    (finding,) = found_by("model-access", account, config(**api(NOVA)))

    assert finding.verdict.value == verdict


def test_without_model_access_a_missing_agreement_does_not_hold() -> None:
    account = FakeAccount(GetFoundationModelAvailability=available(agreement="NOT_AVAILABLE"))

    assert seen("model-access", account, config(**api(NOVA, model_access=None))) == [(NOVA, "does not hold")]


def test_a_missing_use_case_form_is_told_for_models_of_anthropic() -> None:
    absent = refused("ResourceNotFoundException")
    account = FakeAccount(GetFoundationModelAvailability=available(), GetUseCaseForModelAccess=absent)
    given = config(**api(f"us.{CLAUDE}"))

    assert seen("model-access", account, given)[1] == ("the use-case form of Anthropic", "does not hold")
    account.answers["GetUseCaseForModelAccess"] = {"formData": b"e30="}
    assert seen("model-access", account, given)[1] == ("the use-case form of Anthropic", "holds")
