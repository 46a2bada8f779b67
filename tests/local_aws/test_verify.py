"""`kit verify` on the embedded AWS: the real command, an account with a fault, and the rights that each check needs."""

import json
from pathlib import Path
from typing import Any

import pytest

from kit import embedded_outputs
from kit.__main__ import main
from kit.verify.check import run_check
from kit.verify.checks import CHECKS
from kit.verify.place import Place
from local_aws import emulator
from tests.kit.verify.fake_account import config
from tests.local_aws.conftest import Client
from tests.local_aws.servers import faults, settled

# Operations whose IAM action has another name.
ACTIONS = {
    "GetAccount": "apigateway:GET",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
}
PREFIXES = {
    "bedrock-agent": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore",
    "service-quotas": "servicequotas",
    "monitoring": "cloudwatch",
}
BASE = "amazon.nova-micro-v1:0:128k"


@pytest.fixture
def outputs(aws: emulator.EmbeddedAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({"endpoint_url": aws.endpoint_url, "region": aws.region, "deployment": "sup"}))
    monkeypatch.setattr(embedded_outputs, "OUTPUTS", file)


def verify(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, str]]]:
    """Exit code, and check -> what -> result."""
    code = main(["verify", "--local", "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    return code, {item["check"]: {found["what"]: found["result"] for found in item["findings"]} for item in checks}


@pytest.mark.usefixtures("outputs")
def test_the_embedded_aws_is_what_the_kit_takes_aws_for(
    aws: emulator.EmbeddedAws, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    ssm, parameter = client("ssm"), "/cdk-bootstrap/hnb659fds/version"
    _, found = verify(capsys)
    assert set(found["bootstrap"].values()) == {"does not hold"}
    ssm.put_parameter(Name=parameter, Value="28", Type="String")
    try:
        with faults(aws.endpoint_url, "unverified-account"):
            refused, found = verify(capsys)
        assert set(found["model-access"].values()) == {"does not hold"}
        code, found = verify(capsys)
    finally:
        ssm.delete_parameter(Name=parameter)

    assert (refused, code) == (1, 3)
    unclear = {name for name, results in found.items() if set(results.values()) - {"holds"}}
    assert unclear == {"identity", "s3-vectors"}  # this is no account; ministack has no S3 Vectors
    assert len(found["absent-in-bedrock"]) == 7


def test_each_check_calls_only_what_its_rights_allow(aws: emulator.EmbeddedAws, client: Client) -> None:
    """With a throughput and a bucket, so that checks have something to look at."""
    bedrock, called = client("bedrock"), list[str]()
    client("s3").create_bucket(Bucket=f"cdk-hnb659fds-assets-{emulator.ACCOUNT}-{aws.region}")
    arn = bedrock.create_provisioned_model_throughput(
        provisionedModelName="support-assistant-reserve", modelId=BASE, modelUnits=1
    )["provisionedModelArn"]
    settled(
        lambda: bedrock.get_provisioned_model_throughput(provisionedModelId=arn),
        lambda found: found["status"] == "InService",
    )

    def recording(service: str) -> Any:
        made = client(service)
        made.meta.events.register("before-call", lambda model, **_: called.append(_action(model)))
        return made

    aliases = {"bot": {"model": "us.anthropic.claude-haiku-4-5-20251001-v1:0"}}
    given = config(provisioned_throughput={"reserve": {"model": BASE}}, inference_api={"aliases": aliases})
    unused = {}
    for check in CHECKS:
        place = Place(given, aws.region, recording)
        called.clear()
        run_check(check, place)
        assert set(called) <= set(check.actions), check.name
        unused[check.name] = set(check.actions) - set(called)
    bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)

    assert {name: left for name, left in unused.items() if left} == {
        "job-quota": {"servicequotas:GetAWSDefaultServiceQuota"},
        "unit-quota": {"servicequotas:GetAWSDefaultServiceQuota"},
        "knowledge-base-quota": {"servicequotas:GetAWSDefaultServiceQuota"},
        "knowledge-base": {"bedrock:GetKnowledgeBase"},
        "names": {"bedrock:ListGuardrails"},  # of a deployment with guardrails
    }


def _action(model: Any) -> str:
    service = model.service_model.endpoint_prefix if model.name == "ListMetrics" else model.service_model.service_name
    return ACTIONS.get(model.name, f"{PREFIXES.get(service, service)}:{model.name}")
