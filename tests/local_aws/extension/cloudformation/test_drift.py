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


MODEL = "amazon.nova-micro-v1:0"
TEXT = {"Text": "Answer kindly."}
VARIANT = {"Name": "v", "TemplateType": "TEXT", "ModelId": MODEL, "TemplateConfiguration": {"Text": TEXT}}
PROFILED = f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"
MESSAGES = dict.fromkeys(("BlockedInputMessaging", "BlockedOutputsMessaging"), "No.")
WORDS = {"WordPolicyConfig": {"WordsConfig": [{"Text": "bad"}]}}
BEDROCK = {
    "Prompt": {
        "Type": "AWS::Bedrock::Prompt",
        "Properties": {"Name": "drifting", "DefaultVariant": "v", "Variants": [VARIANT]},
    },
    "Version": {"Type": "AWS::Bedrock::PromptVersion", "Properties": {"PromptArn": {"Fn::GetAtt": ["Prompt", "Arn"]}}},
    "Guardrail": {"Type": "AWS::Bedrock::Guardrail", "Properties": {"Name": "drifting", **MESSAGES, **WORDS}},
    "Profile": {
        "Type": "AWS::Bedrock::ApplicationInferenceProfile",
        "Properties": {"InferenceProfileName": "drifting", "ModelSource": {"CopyFrom": PROFILED}},
    },
}


def test_what_bedrock_lost_is_found(client: Client) -> None:
    stacks = client("cloudformation")
    outputs = {name: {"Value": {"Ref": name}} for name in BEDROCK}
    stacks.create_stack(StackName="Lost", TemplateBody=json.dumps({"Resources": BEDROCK, "Outputs": outputs}))
    made = {item["OutputKey"]: item["OutputValue"] for item in ended(client, "Lost")["Outputs"]}
    assert list(drift_of_stacks(stacks, ["Lost"])) == []

    client("bedrock-agent").delete_prompt(promptIdentifier=made["Prompt"].rpartition("/")[2])
    client("bedrock").delete_guardrail(guardrailIdentifier=made["Guardrail"].rpartition("/")[2])
    client("bedrock").delete_inference_profile(inferenceProfileIdentifier=made["Profile"].rpartition("/")[2])

    assert {(item.what.split()[1], item.why) for item in drift_of_stacks(stacks, ["Lost"])} == {
        (name, "it was deleted") for name in BEDROCK
    }
