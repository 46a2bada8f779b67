"""What is left of the deployment of make up when it is destroyed: it runs after the tests that use the deployment."""

import os

import pytest

from kit.cdk_cli import run_cdk
from local_aws import emulator
from tests.end_to_end.deployed import CONFIG, STATE, Deployed

pytestmark = pytest.mark.end_to_end


def test_destroy_leaves_no_bedrock_resource(deployed: Deployed) -> None:
    run_cdk(
        ["destroy", "--all", "--force", "-c", f"config={CONFIG}", "--output", str(STATE / "cdk.destroy")],
        environment=emulator.environment(deployed.aws),
        log=STATE / "cdk.log",
    )

    bedrock, agent = deployed.client("bedrock"), deployed.client("bedrock-agent")
    assert bedrock.list_custom_model_deployments()["modelDeploymentSummaries"] == []
    assert bedrock.list_provisioned_model_throughputs()["provisionedModelSummaries"] == []
    assert agent.list_knowledge_bases()["knowledgeBaseSummaries"] == []
    names = [p["Name"] for p in deployed.client("ssm").describe_parameters()["Parameters"]]
    assert [name for name in names if name.startswith("/bedrock-kit/") and "/aliases/" in name] == []
    assert os.environ.get("AWS_PROFILE") is None
