"""Every stack in a Region of another partition: none of its templates names the partition `aws`."""

import json
import re
from pathlib import Path

import aws_cdk as cdk
import pytest

from app import build_app
from deployment.config import DeploymentConfig, load_deployment_config
from deployment.datasets import prepare_datasets
from kit_contract.partitions import partition_of
from tests.synthesized import ACCOUNT, PROJECT

PARTITION = re.compile(r"arn:(aws[a-z-]*):")


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_all_arns_of_a_deployment_are_in_the_partition_of_its_region(
    region: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full = load_deployment_config(PROJECT / "tests/stacks/full.toml")
    datasets = prepare_datasets(full)
    monkeypatch.setattr("app.prepare_datasets", lambda _: datasets)  # no model can be trained in the Region
    key = f"arn:{partition_of(region)}:kms:{region}:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
    sections = full.model_dump(by_alias=True)
    sections["deployment"]["region"] = region
    sections["training"]["kms_key_arn"] = key
    del sections["operations"]["topic_arn"]  # this one, too
    del sections["agents"]["support"]["tools"]["refunds"]  # a function that exists, in the partition aws
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(context=flags, outdir=str(tmp_path))

    # Not what Bedrock offers there, but every resource of every stack.
    assembly = build_app(app, DeploymentConfig.model_validate(sections), account=ACCOUNT).synth()

    assert len(assembly.stacks) == 10
    named = {stack.stack_name: set(PARTITION.findall(json.dumps(stack.template))) for stack in assembly.stacks}
    # The model access stack names no resource: its ARNs are all intrinsic functions of CloudFormation.
    assert {name for name, partitions in named.items() if partitions - {partition_of(region)}} == set()
    assert set().union(*named.values()) == {partition_of(region)}
