"""Access to foundation models: agreements, the use-case form, and everything that may stand in the way."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.model_access import ModelAccessResource, plain_model_id
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import event, stubbed

NOVA = "amazon.nova-micro-v1:0"
CLAUDE = "anthropic.claude-haiku-4-5-20251001-v1:0"
COHERE = "cohere.embed-english-v3"
FORM = {"companyName": "Brew", "intendedUsers": "0", "otherIndustryOption": "", "useCases": "support"}


@pytest.fixture
def bedrock() -> tuple[ModelAccessResource, Stubber]:
    client, stubber = stubbed("bedrock")
    return ModelAccessResource(client, "us-east-1"), stubber


def request(kind: str, *models: str, **more: Any) -> Request:
    return Request.from_event(event(kind, {"Models": list(models), "RevokeOnDelete": "false", **more}))


def availability(stubber: Stubber, model: str, agreement: str = "AVAILABLE", **more: object) -> None:
    answer: dict[str, Any] = {
        "modelId": model,
        "agreementAvailability": {"status": agreement},
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
    }
    stubber.add_response("get_foundation_model_availability", answer | more, {"modelId": model})


def offers(stubber: Stubber, model: str, *tokens: str) -> None:
    listed = [
        {
            "offerToken": token,
            "termDetails": {"usageBasedPricingTerm": {"rateCard": []}, "legalTerm": {}, "supportTerm": {}},
        }
        for token in tokens
    ]
    stubber.add_response(
        "list_foundation_model_agreement_offers", {"modelId": model, "offers": listed}, {"modelId": model}
    )


def test_every_refusal_is_told_at_once(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    availability(stubber, NOVA, regionAvailability="NOT_AVAILABLE")
    availability(stubber, COHERE, authorizationStatus="NOT_AUTHORIZED")

    with pytest.raises(ResourceFailedError) as failure:
        resource.create(request("Create", NOVA, COHERE))

    assert f"{NOVA} is not available in us-east-1" in str(failure.value)
    assert "aws-marketplace:Subscribe" in str(failure.value)
    assert "payment method" in str(failure.value)


def test_an_account_that_may_not_use_amazons_models_is_not_verified(
    bedrock: tuple[ModelAccessResource, Stubber],
) -> None:
    resource, stubber = bedrock
    availability(stubber, NOVA, authorizationStatus="NOT_AUTHORIZED")

    with pytest.raises(ResourceFailedError) as failure:
        resource.create(request("Create", NOVA))

    assert "AWS has not verified the account yet" in str(failure.value)
    assert "open a case with AWS Support" in str(failure.value)
    assert "aws-marketplace" not in str(failure.value), "Amazon's models are not sold through AWS Marketplace"


def test_the_form_is_sent_before_the_account_is_judged(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    stubber.add_client_error("get_use_case_for_model_access", "ResourceNotFoundException")
    stubber.add_response("put_use_case_for_model_access", {}, {"formData": json.dumps(FORM, sort_keys=True).encode()})
    availability(stubber, CLAUDE, authorizationStatus="NOT_AUTHORIZED")

    with pytest.raises(ResourceFailedError, match="is not authorized for"):
        resource.create(request("Create", CLAUDE, UseCaseForm=FORM))

    stubber.assert_no_pending_responses()


def test_a_refused_agreement_fails_at_once(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    availability(stubber, COHERE, "PENDING")
    availability(stubber, COHERE, "NOT_AVAILABLE")
    assert "payment method" in resource.describe(request("Create", COHERE)).waiting_for

    with pytest.raises(ResourceFailedError, match=f"did not accept the agreement for {COHERE}: check the .* payment"):
        resource.describe(request("Create", COHERE))


def test_an_agreement_that_is_not_pending_yet_is_waited_for(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    availability(stubber, COHERE, "NOT_AVAILABLE")
    offers(stubber, COHERE, "token-1")

    assert resource.describe(request("Create", COHERE)).phase is Phase.IN_PROGRESS


def test_anthropic_without_a_form_says_what_to_add(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    stubber.add_client_error("get_use_case_for_model_access", "ResourceNotFoundException")

    with pytest.raises(ResourceFailedError, match=r"add \[model_access.use_case\]"):
        resource.create(request("Create", CLAUDE))


def test_another_form_is_a_conflict_that_names_the_fields(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    present = json.dumps({**FORM, "companyName": "Other"}).encode()
    stubber.add_response("get_use_case_for_model_access", {"formData": present})

    with pytest.raises(ResourceFailedError, match="differs in companyName"):
        resource.create(request("Create", CLAUDE, UseCaseForm=FORM))


def test_agreement_error_carries_bedrocks_message(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    availability(stubber, NOVA, agreementAvailability={"status": "ERROR", "errorMessage": "no card"})

    with pytest.raises(ResourceFailedError, match="no card"):
        resource.describe(request("Create", NOVA))


def test_unknown_model_names_the_region(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    stubber.add_client_error("get_foundation_model_availability", "ResourceNotFoundException")

    with pytest.raises(ResourceFailedError, match=f"{NOVA} is not a foundation model in us-east-1"):
        resource.create(request("Create", NOVA))


def test_absent_form_is_put_and_the_first_offer_agreed(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    stubber.add_client_error("get_use_case_for_model_access", "ResourceNotFoundException")
    data = json.dumps(FORM, sort_keys=True).encode()
    stubber.add_response("put_use_case_for_model_access", {}, {"formData": data})
    availability(stubber, CLAUDE, "NOT_AVAILABLE")
    offers(stubber, CLAUDE, "token-1", "token-2")
    agreed = {"modelId": CLAUDE, "offerToken": "token-1"}
    stubber.add_response("create_foundation_model_agreement", {"modelId": CLAUDE}, agreed)

    resource.create(request("Create", f"us.{CLAUDE}", UseCaseForm=FORM))

    stubber.assert_no_pending_responses()


def test_equal_form_is_adopted_and_an_agreement_that_exists_is_fine(
    bedrock: tuple[ModelAccessResource, Stubber],
) -> None:
    resource, stubber = bedrock
    stubber.add_response("get_use_case_for_model_access", {"formData": json.dumps(FORM).encode()})
    availability(stubber, CLAUDE, "NOT_AVAILABLE")
    offers(stubber, CLAUDE, "token-1")
    stubber.add_client_error("create_foundation_model_agreement", "ConflictException")

    resource.create(request("Create", CLAUDE, UseCaseForm=FORM))

    stubber.assert_no_pending_responses()


def test_pending_agreement_is_waited_for(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    availability(stubber, CLAUDE, "PENDING")
    availability(stubber, CLAUDE)

    looks = [resource.describe(request("Create", CLAUDE)).phase for _ in range(2)]

    assert looks == [Phase.IN_PROGRESS, Phase.READY]


def test_models_without_agreements_have_nothing_to_agree(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, stubber = bedrock
    stubber.add_client_error("get_foundation_model_availability", "ValidationException")
    availability(stubber, NOVA, "NOT_AVAILABLE")
    stubber.add_client_error("list_foundation_model_agreement_offers", "ValidationException")

    resource.create(request("Create", NOVA))

    assert resource.describe(request("Create", NOVA)).phase is Phase.READY


def test_delete_keeps_agreements(bedrock: tuple[ModelAccessResource, Stubber]) -> None:
    resource, _ = bedrock

    resource.delete(request("Delete", CLAUDE))

    assert resource.describe(request("Delete", CLAUDE)).phase is Phase.GONE


def test_revoke_deletes_agreements_of_models_with_offers_twice_over(
    bedrock: tuple[ModelAccessResource, Stubber],
) -> None:
    resource, stubber = bedrock
    stubber.add_client_error("list_foundation_model_agreement_offers", "ValidationException")
    offers(stubber, CLAUDE, "token-1")
    stubber.add_client_error("delete_foundation_model_agreement", "ResourceNotFoundException")

    resource.delete(request("Delete", NOVA, CLAUDE, RevokeOnDelete="true"))

    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("identifier", "plain"),
    [
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", CLAUDE),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", CLAUDE),
        ("amazon.nova-micro-v1:0:128k", NOVA),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0", NOVA),
        ("openai.gpt-oss-20b-1:0", "openai.gpt-oss-20b-1:0"),
        ("us.meta.llama3-3-70b-instruct-v1:0", "meta.llama3-3-70b-instruct-v1:0"),
    ],
)
def test_plain_model_id(identifier: str, plain: str) -> None:
    assert plain_model_id(identifier) == plain
