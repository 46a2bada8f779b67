"""Drift detection as `kit drift` uses it: what was changed or deleted by hand is found, and nothing else."""

import json

from kit.drift.stacks import drift_of_stacks
from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended

TEMPLATE = {
    "Resources": {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 0}},
    },
    "Outputs": {"Queue": {"Value": {"Ref": "Queue"}}, "Secret": {"Value": {"Ref": "Secret"}}},
}


def test_changes_by_hand_are_found(client: Client) -> None:
    stacks = client("cloudformation")
    stacks.create_stack(StackName="Drifting", TemplateBody=json.dumps(TEMPLATE))
    outputs = {item["OutputKey"]: item["OutputValue"] for item in ended(client, "Drifting")["Outputs"]}

    assert list(drift_of_stacks(stacks, ["Drifting"])) == []

    client("sqs").set_queue_attributes(QueueUrl=outputs["Queue"], Attributes={"DelaySeconds": "9"})
    client("secretsmanager").delete_secret(SecretId=outputs["Secret"], ForceDeleteWithoutRecovery=True)

    found = {item.what.split()[1]: item.why for item in drift_of_stacks(stacks, ["Drifting"])}
    assert found == {"Secret": "it was deleted", "Queue": "/DelaySeconds is 9, deployed as 0"}
