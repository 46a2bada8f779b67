"""Requests reach this package or ministack: models, access, tags, and operations of ministack."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.servers import BASE, Clients, code, running, settled


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        yield made


def test_customizable_models_are_listed_in_their_region_only(clients: Clients) -> None:
    east = clients("bedrock").list_foundation_models(byCustomizationType="FINE_TUNING")["modelSummaries"]
    west = clients("bedrock", "us-west-2").list_foundation_models(byCustomizationType="FINE_TUNING")["modelSummaries"]

    assert {model["modelId"].split(".")[0] for model in east} == {"amazon"}
    assert {model["modelId"].split(".")[0] for model in west} == {"meta"}
    assert BASE in {model["modelId"] for model in east}


def test_a_model_is_described_by_its_id(clients: Clients) -> None:
    model = clients("bedrock").get_foundation_model(modelIdentifier="amazon.titan-embed-text-v2:0")["modelDetails"]

    assert model["outputModalities"] == ["EMBEDDING"]


def test_an_unknown_model_is_not_found(clients: Clients) -> None:
    with pytest.raises(ClientError) as error:
        clients("bedrock").get_foundation_model_availability(modelId="amazon.nova-mikro-v1:0")

    assert code(error) == "ResourceNotFoundException"


def test_a_customization_id_is_not_available_in_another_region(clients: Clients) -> None:
    found = clients("bedrock", "us-west-2").get_foundation_model_availability(modelId=BASE)

    assert found["regionAvailability"] == "NOT_AVAILABLE"


def test_an_agreement_is_pending_and_then_makes_a_model_available(clients: Clients) -> None:
    bedrock, model = clients("bedrock"), "anthropic.claude-haiku-4-5-20251001-v1:0"

    def agreement() -> str:
        return str(bedrock.get_foundation_model_availability(modelId=model)["agreementAvailability"]["status"])

    before = agreement()
    token = bedrock.list_foundation_model_agreement_offers(modelId=model)["offers"][0]["offerToken"]
    bedrock.create_foundation_model_agreement(modelId=model, offerToken=token)

    assert (before, agreement()) == ("NOT_AVAILABLE", "PENDING")
    settled(lambda: {"status": agreement()}, lambda found: found["status"] == "AVAILABLE")
    with pytest.raises(ClientError) as error:
        bedrock.create_foundation_model_agreement(modelId=model, offerToken=token)
    assert code(error) == "ConflictException"


def test_the_use_case_form_is_not_found_before_it_is_put(clients: Clients) -> None:
    bedrock, form = clients("bedrock"), b'{"companyName": "Example"}'
    with pytest.raises(ClientError) as error:
        bedrock.get_use_case_for_model_access()
    assert code(error) == "ResourceNotFoundException"

    bedrock.put_use_case_for_model_access(formData=form)

    assert bedrock.get_use_case_for_model_access()["formData"] == form


def test_tags_of_an_unknown_resource_are_not_found(clients: Clients) -> None:
    with pytest.raises(ClientError) as error:
        clients("bedrock").list_tags_for_resource(
            resourceARN="arn:aws:bedrock:us-east-1:000000000000:custom-model-deployment/abcdefghijkl"
        )

    assert code(error) == "ResourceNotFoundException"


def test_ministack_answers_other_operations(clients: Clients) -> None:
    made = clients("bedrock").create_guardrail(name="quiet", blockedInputMessaging="no", blockedOutputsMessaging="no")

    assert clients("bedrock").list_tags_for_resource(resourceARN=made["guardrailArn"])["tags"] == []


@pytest.mark.parametrize(
    ("model", "refusal"),
    [(BASE, "ResourceNotFoundException"), ("amazon.nova-mikro-v1:0", "ValidationException")],
)
def test_a_model_that_cannot_be_invoked_is_refused(clients: Clients, model: str, refusal: str) -> None:
    with pytest.raises(ClientError) as error:
        clients("bedrock-runtime").converse(modelId=model, messages=[{"role": "user", "content": [{"text": "Hi"}]}])

    assert code(error) == refusal
