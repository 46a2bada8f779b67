"""What is wrong with an account, or cannot be told: each is seen."""

import pytest
from botocore.exceptions import EndpointConnectionError

from kit.verify.check import run_check
from kit.verify.place import NotReadOnlyError, Place
from tests.kit.verify.fake_account import ACCOUNT, REGION, Answer, FakeAccount, check, config, found_by, refused, seen

HERE = f"{ACCOUNT}, {REGION}"
JOBS = "customization jobs (L-0406044C)"
CUSTOM, BASE = "model units (L-BE77399C)", "model units (L-FE44174A)"


def parameter(value: str) -> Answer:
    return {"Parameter": {"Value": value}}


def quota(value: float) -> Answer:
    return {"Quota": {"Value": value}}


def test_without_an_expected_account_nobody_can_tell() -> None:
    named = config(deployment={"name": "sup", "region": REGION, "account": ACCOUNT})

    assert seen("identity", FakeAccount()) == [(f"account {ACCOUNT}", "cannot tell")]
    assert seen("identity", FakeAccount(), named) == [(f"account {ACCOUNT}", "holds")]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [(parameter("28"), "holds"), (parameter("5"), "does not hold"), (refused("ParameterNotFound"), "does not hold")],
)
def test_an_absent_or_old_bootstrap_does_not_hold(answer: Answer, verdict: str) -> None:
    assert seen("bootstrap", FakeAccount(GetParameter=answer)) == [(HERE, verdict)]


@pytest.mark.parametrize(("allowed", "verdict"), [(10, "does not hold"), (1000, "holds")])
def test_the_concurrency_of_a_new_account_does_not_hold(allowed: int, verdict: str) -> None:
    account = FakeAccount(GetAccountSettings={"AccountLimit": {"UnreservedConcurrentExecutions": allowed}})

    assert seen("lambda-concurrency", account) == [("concurrent executions", verdict)]


@pytest.mark.parametrize(
    ("role", "verdict"),
    [
        ({}, "holds"),
        ({"cloudwatchRoleArn": "arn:aws:iam::1:role/support-assistant-inference-api-RestApi1"}, "holds"),
        ({"cloudwatchRoleArn": "arn:aws:iam::1:role/gateway-logs"}, "does not hold"),
    ],
)
def test_the_log_role_of_others_would_be_replaced(role: Answer, verdict: str) -> None:
    assert seen("api-log-role", FakeAccount(GetAccount=role)) == [("log role of API Gateway", verdict)]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"vectorBuckets": []}, "holds"),
        (EndpointConnectionError(endpoint_url="https://s3vectors.sa-east-1.api.aws/"), "does not hold"),
    ],
)
def test_a_region_without_s3_vectors_does_not_hold(answer: Answer, verdict: str) -> None:
    assert seen("s3-vectors", FakeAccount(ListVectorBuckets=answer)) == [(REGION, verdict)]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"harnesses": []}, "holds"),
        (EndpointConnectionError(endpoint_url="https://bedrock-agentcore-control.sa-east-1.api.aws/"), "does not hold"),
        (refused("AccessDeniedException"), "cannot tell"),
    ],
)
def test_an_account_that_agentcore_does_not_serve_does_not_hold(answer: Answer, verdict: str) -> None:
    account = FakeAccount(ListHarnesses=answer)

    assert [one for _, one in seen("agentcore", account)] == [verdict]
    assert seen("agentcore", FakeAccount(), config(agents=None)) == []


def test_a_quota_that_is_too_small_does_not_hold() -> None:
    throughput = {"support": {"customization": "support", "model_units": 2}, "nova": {"model": "amazon.nova-x:0:1k"}}
    given = config(provisioned_throughput=throughput)

    account = FakeAccount(GetServiceQuota=quota(1))

    assert seen("unit-quota", account, given) == [(CUSTOM, "does not hold"), (BASE, "holds")]
    assert seen("job-quota", account, given) == [(JOBS, "holds")]
    assert seen("job-quota", FakeAccount(GetServiceQuota=quota(0)), given) == [(JOBS, "does not hold")]


def test_where_the_account_has_no_value_the_default_counts() -> None:
    account = FakeAccount(GetServiceQuota=refused("NoSuchResourceException"), GetAWSDefaultServiceQuota=quota(10))

    assert seen("job-quota", account) == [(JOBS, "holds")]


def test_a_denied_call_names_the_rights() -> None:
    account = FakeAccount(GetServiceQuota=refused("AccessDeniedException", "not you"))

    (finding,) = found_by("job-quota", account)

    assert finding.verdict.value == "cannot tell"
    assert "allow servicequotas:GetAWSDefaultServiceQuota, servicequotas:GetServiceQuota" in finding.reason


def test_the_end_of_the_session_ends_the_command() -> None:
    account = FakeAccount(GetParameter=refused("ExpiredTokenException"))
    place = Place(config(), REGION, account.client)

    with pytest.raises(type(refused("x")), match="ExpiredTokenException"):
        run_check(check("bootstrap"), place)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("ssm", "put_parameter", {"Name": "a", "Value": "b", "Type": "String"}),
        ("s3", "delete_object", {"Bucket": "bucket", "Key": "key"}),
        ("bedrock", "create_provisioned_model_throughput", {
            "modelUnits": 1, "provisionedModelName": "a", "modelId": "amazon.nova-micro-v1:0:128k",
        }),
        ("bedrock", "list_foundation_models", {}),
    ],
)  # fmt: skip
def test_the_clients_only_read(service: str, operation: str, parameters: dict[str, object]) -> None:
    account = FakeAccount(ListFoundationModels={"modelSummaries": []})
    client = Place(config(), REGION, account.client).client(service)

    if operation.startswith("list"):
        getattr(client, operation)(**parameters)
        return
    with pytest.raises(NotReadOnlyError):
        getattr(client, operation)(**parameters)
    assert account.calls == ["GetCallerIdentity"]
