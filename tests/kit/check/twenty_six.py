"""The 26 kinds that were planted in a template for every public tool (21 found by one of them), by name."""

import json

from tests.kit.check.templates import (
    BUCKET_ARN,
    CUSTOM,
    MODEL,
    ROLE_ARN,
    SECURE,
    SOURCE,
    bucket,
    bucket_policy,
    function,
    one,
    policy,
    resource,
    role,
)

EVERYBODY = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": {"Fn::Join": ["", [BUCKET_ARN, "/*"]]},
}
NETWORK = [{"Rules": [{"ResourceType": "collection", "Resource": ["collection/docs"]}], "AllowFromPublic": True}]
AGENT = {
    "AgentName": "helper",
    "FoundationModel": "amazon.nova-micro-v1:0",
    "AgentResourceRoleArn": ROLE_ARN,
    "Instruction": "You answer questions of our customers about orders.",
}
METHOD = {
    "HttpMethod": "GET",
    "AuthorizationType": "NONE",
    "RestApiId": {"Ref": "Api"},
    "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
    "Integration": {"Type": "MOCK"},
}

TWENTY_SIX = {
    "bucket-without-logs": one(
        "Data", "AWS::S3::Bucket", {}, "AwsSolutions-S1", "AwsSolutions-S10", "kit-deletion-policy"
    ),
    "every-bedrock-action": policy("bedrock:*", MODEL, "kit-bedrock-wildcard", "AwsSolutions-IAM5[Action::bedrock:*]"),
    "misspelt-action": policy("bedrock:InvokeModle", MODEL, "W3037"),
    "object-action-on-a-bucket": policy("s3:GetObject", "arn:aws:s3:::docs", "kit-action-resource"),
    "pass-any-role": policy("iam:PassRole", "*", "kit-pass-role", "AwsSolutions-IAM5[Resource::*]"),
    "misspelt-condition-key": policy(
        "bedrock:InvokeModel",
        MODEL,
        "kit-condition-key",
        Condition={"StringEquals": {"bedrock:GuardrailIdentifer": "g"}},
    ),
    "bedrock-action-on-another-type": policy(
        "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/A", "kit-action-resource"
    ),
    "trust-in-everybody": one("Role", "AWS::IAM::Role", role(Principal={"AWS": "*"}), "kit-principal-everybody"),
    "function-for-everybody": one(
        "Permission",
        "AWS::Lambda::Permission",
        {"Action": "lambda:InvokeFunction", "FunctionName": "f", "Principal": "*"},
        "kit-lambda-permission-everybody",
    ),
    "public-function-url": one(
        "Url", "AWS::Lambda::Url", {"AuthType": "NONE", "TargetFunctionArn": "f"}, "kit-function-url-public"
    ),
    "api-without-authorization": one(
        "Method",
        "AWS::ApiGateway::Method",
        METHOD,
        "AwsSolutions-APIG4",
        Api=resource("AWS::ApiGateway::RestApi", {"Name": "api"}),
    ),
    "secret-in-the-environment": one(
        "Function",
        "AWS::Lambda::Function",
        function(Environment={"Variables": {"API_TOKEN": "s3cr3t-abcdef-123456"}}),
        "kit-secret-in-environment",
    ),
    "bucket-for-everybody": one(
        "Policy",
        "AWS::S3::BucketPolicy",
        bucket_policy(SECURE, EVERYBODY)["Properties"],
        "kit-principal-everybody",
        Data=bucket(),
    ),
    "wrong-enum": one("Function", "AWS::Lambda::Function", function(TracingConfig={"Mode": "Actif"}), "E3030"),
    "wrong-arn": one("Function", "AWS::Lambda::Function", function(Role="arn:aws:nothing"), "E3031"),
    "too-long": one(
        "Parameter", "AWS::SSM::Parameter", {"Type": "String", "Value": "v", "Description": "d" * 2000}, "E3033"
    ),
    "out-of-range": one("Function", "AWS::Lambda::Function", function(MemorySize=99999), "E3034"),
    "missing-resource": one(
        "Topic",
        "AWS::SNS::Subscription",
        {
            "Protocol": "lambda",
            "TopicArn": "arn:aws:sns:us-east-1:111122223333:t",
            "Endpoint": {"Fn::GetAtt": ["Nothing", "Arn"]},
        },
        "E1010",
    ),
    "unknown-type": one("Thing", "AWS::Bedrock::Modell", {}, "E3006"),
    "old-runtime": one("Function", "AWS::Lambda::Function", function(Runtime="python3.8"), "AwsSolutions-L1"),
    "logs-for-ever": one("Logs", "AWS::Logs::LogGroup", {}, "kit-log-retention"),
    "bedrock-trust-without-account": one("Role", "AWS::IAM::Role", role("bedrock.amazonaws.com"), "kit-trust-source"),
    "service-timeout": one(
        "Custom", "Custom::Thing", {**CUSTOM, "ServiceTimeout": "7200"}, "kit-custom-resource-timeout"
    ),
    "agent-without-guardrail": one("Agent", "AWS::Bedrock::Agent", AGENT, "kit-agent-guardrail"),
    "data-source-without-policy": one("Source", "AWS::Bedrock::DataSource", SOURCE, "kit-data-source-deletion"),
    "public-search": one(
        "Network",
        "AWS::OpenSearchServerless::SecurityPolicy",
        {"Name": "n", "Type": "network", "Policy": json.dumps(NETWORK)},
        "kit-search-public",
    ),
}
