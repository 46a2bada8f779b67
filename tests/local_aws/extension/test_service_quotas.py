"""Service Quotas: a new account's quota of zero stops a purchase before the request, with an explanation."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from custom_resources.provisioned_throughput import quota
from custom_resources.provisioned_throughput.clients import Clients as ThroughputClients
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.errors import ResourceFailedError
from tests.local_aws.servers import BASE, Clients, code, running

WANTED = ThroughputProperties(
    name="units",
    owner="stack/Units",
    kit_deployment="test",
    model_units=1,
    commitment=None,
    model_identifier=BASE,
    customization=None,
    alias=None,
)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_PT_QUOTA", "0")
        with running(tmp_path_factory.mktemp("aws")) as made:
            yield made


def throughput_clients(clients: Clients) -> ThroughputClients:
    return ThroughputClients(clients("bedrock"), clients("ssm"), clients("service-quotas"))


def test_the_kit_checks_the_quota_before_the_purchase(clients: Clients) -> None:
    with pytest.raises(ResourceFailedError) as refused:
        quota.check_quota(throughput_clients(clients), WANTED, BASE)

    for part in ("nothing was bought", "L-FE44174A", "0 of 0 are in use"):
        assert part in str(refused.value)


def test_bedrocks_refusal_is_explained_with_the_quota(clients: Clients) -> None:
    with pytest.raises(ClientError) as refused:
        clients("bedrock").create_provisioned_model_throughput(modelUnits=1, provisionedModelName="units", modelId=BASE)

    explained = str(quota.explained(refused.value, throughput_clients(clients), WANTED, BASE))

    assert "its value is 0" in explained
    assert "no commitment model units reserved for" in explained


def test_model_units_are_listed_with_the_value_of_the_account_and_jobs_with_that_of_aws(clients: Clients) -> None:
    quotas = clients("service-quotas").list_service_quotas(ServiceCode="bedrock")["Quotas"]

    assert {quota["QuotaCode"]: quota["Value"] for quota in quotas} == {
        "L-BE77399C": 0.0,
        "L-FE44174A": 0.0,
        "L-0406044C": 10.0,
        "L-60DA3E0D": 100.0,
    }


def test_the_default_is_that_of_a_new_account(clients: Clients) -> None:
    quotas = clients("service-quotas")
    codes = ("L-BE77399C", "L-0406044C")
    found = [quotas.get_aws_default_service_quota(ServiceCode="bedrock", QuotaCode=code) for code in codes]

    assert [item["Quota"]["Value"] for item in found] == [0.0, 10.0]


def test_an_unknown_quota_is_refused(clients: Clients) -> None:
    with pytest.raises(ClientError) as refused:
        clients("service-quotas").get_service_quota(ServiceCode="bedrock", QuotaCode="L-3632DE15")

    assert code(refused) == "NoSuchResourceException"
