"""A foreign app: run as a command it writes a cloud assembly to CDK_OUTDIR, as a CDK app does.

It has one stack for each kind of flaw, and the stack `clean` without any.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]
ACCOUNT = {"Ref": "AWS::AccountId"}
BUCKET_ARN = {"Fn::GetAtt": ["Data", "Arn"]}


class Planted(NamedTuple):
    """`rules`: each of them must be found at `resource`. `template`: sections of the template."""

    resource: str
    rules: tuple[str, ...]
    template: Json


def resource(kind: str, properties: Json, **more: Any) -> Json:
    return {"Type": kind, "Properties": properties, **more}


def one(resource_id: str, kind: str, properties: Json, *rules: str, **others: Json) -> Planted:
    return Planted(resource_id, rules, {"Resources": {resource_id: resource(kind, properties), **others}})


def role(service: str = "lambda.amazonaws.com", **statement: Any) -> Json:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **statement}
    return {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}


def policy(action: Any, target: Any, *rules: str, **statement: Any) -> Planted:
    document = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": target, **statement}]}
    properties = {
        "PolicyName": "P",
        "Roles": [{"Ref": "Role"}],
        "PolicyDocument": {"Version": "2012-10-17", **document},
    }
    return one("Policy", "AWS::IAM::Policy", properties, *rules, Role=resource("AWS::IAM::Role", role()))


def function(**more: Any) -> Json:
    code = {"ZipFile": "def handler(event, context): return 1"}
    return {
        "Handler": "index.handler",
        "Runtime": "python3.14",
        "Role": "arn:aws:iam::111122223333:role/r",
        "Code": code,
        **more,
    }


def bucket(**more: Any) -> Json:
    return resource("AWS::S3::Bucket", dict(more), DeletionPolicy="Retain", UpdateReplacePolicy="Retain")


def bucket_policy(*statements: Json) -> Json:
    return resource(
        "AWS::S3::BucketPolicy",
        {"Bucket": {"Ref": "Data"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}},
    )


SECURE = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [BUCKET_ARN, {"Fn::Join": ["", [BUCKET_ARN, "/*"]]}],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
EVERYBODY = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": {"Fn::Join": ["", [BUCKET_ARN, "/*"]]},
}
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
ROLE_ARN = "arn:aws:iam::111122223333:role/app"
NETWORK = [{"Rules": [{"ResourceType": "collection", "Resource": ["collection/docs"]}], "AllowFromPublic": True}]
HARNESS = {
    "HarnessName": "desk",
    "ExecutionRoleArn": "arn:aws:iam::111122223333:role/desk",
    "Model": {"BedrockModelConfig": {"ModelId": "amazon.nova-micro-v1:0"}},
}
AGENT = {
    "AgentName": "helper",
    "FoundationModel": "amazon.nova-micro-v1:0",
    "AgentResourceRoleArn": ROLE_ARN,
    "Instruction": "You answer questions of our customers about orders.",
}
SOURCE = {
    "Name": "docs",
    "KnowledgeBaseId": "ABCDEFGHIJ",
    "DataSourceConfiguration": {"Type": "S3", "S3Configuration": {"BucketArn": "arn:aws:s3:::docs"}},
}
METHOD = {
    "HttpMethod": "GET",
    "AuthorizationType": "NONE",
    "RestApiId": {"Ref": "Api"},
    "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
    "Integration": {"Type": "MOCK"},
}
CUSTOM = {"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:f"}

# The 26 kinds that were planted in a template for every public tool (21 found by one of them), by name.
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
# Their siblings.
MORE = {
    "harness-without-settings": one(
        "Harness", "AWS::BedrockAgentCore::Harness", HARNESS, "kit-harness-tools", "kit-harness-memory"
    ),
    "harness-with-all-tools": one(
        "Harness",
        "AWS::BedrockAgentCore::Harness",
        {**HARNESS, "AllowedTools": ["@gateway", "@builtin"], "Memory": {"Disabled": {}}},
        "kit-harness-tools",
    ),
    "gateway-for-everybody": one(
        "Gateway",
        "AWS::BedrockAgentCore::Gateway",
        {"Name": "tools", "AuthorizerType": "NONE", "RoleArn": ROLE_ARN},
        "kit-gateway-open",
    ),
    "trust-in-a-regional-service": one(
        "Role",
        "AWS::IAM::Role",
        role(Principal={"Service": {"Fn::Join": ["", ["states.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}}),
        "kit-trust-source",
    ),
    "conditional-statement": Planted(
        "Policy",
        ("kit-pass-role",),
        {
            "Conditions": {"On": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
            "Resources": {
                "Role": resource("AWS::IAM::Role", role()),
                "Policy": resource(
                    "AWS::IAM::Policy",
                    {
                        "PolicyName": "P",
                        "Roles": [{"Ref": "Role"}],
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Fn::If": [
                                        "On",
                                        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
                                        {"Ref": "AWS::NoValue"},
                                    ]
                                },
                                {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"},
                            ],
                        },
                    },
                ),
            },
        },
    ),
    "no-such-property": Planted("Data", ("E3002",), {"Resources": {"Data": bucket(NoSuchProperty=1)}}),
    "long-function": one("Function", "AWS::Lambda::Function", function(Timeout=901), "kit-lambda-timeout"),
    "pass-role-to-any-service": policy("iam:PassRole", ROLE_ARN, "kit-pass-role"),
    "object-action-on-the-stacks-bucket": Planted(
        "Policy",
        ("kit-action-resource",),
        {"Resources": {**policy("s3:GetObject", BUCKET_ARN).template["Resources"], "Data": bucket()}},
    ),
    "misspelt-global-condition-key": one(
        "Role",
        "AWS::IAM::Role",
        role("bedrock.amazonaws.com", Condition={"StringEquals": {"aws:SourceAcount": ACCOUNT}}),
        "kit-condition-key",
        "kit-trust-source",
    ),
    "key-of-a-known-form": one(
        "Function",
        "AWS::Lambda::Function",
        function(Environment={"Variables": {"SETTING": "sk-live-0123456789abcdefghij"}}),
        "kit-secret-in-environment",
    ),
    "secret-resolved-into-the-environment": one(
        "Function",
        "AWS::Lambda::Function",
        function(Environment={"Variables": {"SETTING": "{{resolve:secretsmanager:key:SecretString:k}}"}}),
        "kit-secret-in-environment",
    ),
    "secret-of-a-container": one(
        "Task",
        "AWS::ECS::TaskDefinition",
        {
            "ContainerDefinitions": [
                {"Name": "c", "Image": "i", "Environment": [{"Name": "DB_PASSWORD", "Value": "correct-horse-battery"}]}
            ]
        },
        "kit-secret-in-environment",
    ),
    "secret-of-a-custom-resource": one(
        "Custom", "Custom::Thing", {**CUSTOM, "ApiKey": "abcdef-123456-ghijkl"}, "kit-secret-in-property"
    ),
    "secret-in-an-output": Planted(
        "Key", ("kit-secret-in-output",), {"Outputs": {"Key": {"Value": "AKIAABCDEFGHIJKLMNOP"}}}
    ),
    "hidden-parameter-in-an-output": Planted(
        "Shown",
        ("kit-secret-in-output",),
        {
            "Parameters": {"Password": {"Type": "String", "NoEcho": True}},
            "Outputs": {"Shown": {"Value": {"Ref": "Password"}}},
        },
    ),
    "secret-parameter": Planted(
        "ApiKey",
        ("kit-secret-in-parameter",),
        {"Parameters": {"ApiKey": {"Type": "String"}}, "Outputs": {"Made": {"Value": {"Ref": "ApiKey"}}}},
    ),
    "permission-for-any-account": one(
        "Permission",
        "AWS::Lambda::Permission",
        {"Action": "lambda:InvokeFunction", "FunctionName": "f", "Principal": "s3.amazonaws.com"},
        "kit-lambda-permission-source",
    ),
    "topic-for-any-account": one(
        "Policy",
        "AWS::SNS::TopicPolicy",
        {
            "Topics": ["arn:aws:sns:us-east-1:111122223333:t"],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "budgets.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": "arn:aws:sns:us-east-1:111122223333:t",
                    }
                ],
            },
        },
        "kit-policy-source",
    ),
    "public-acl": Planted("Data", ("kit-bucket-public",), {"Resources": {"Data": bucket(AccessControl="PublicRead")}}),
    "public-access-allowed": Planted(
        "Data",
        ("kit-bucket-public",),
        {"Resources": {"Data": bucket(PublicAccessBlockConfiguration={"BlockPublicPolicy": False})}},
    ),
    "exported-topic": Planted(
        "Arn",
        ("kit-import-replaceable",),
        {
            "Resources": {"Topic": resource("AWS::SNS::Topic", {})},
            "Outputs": {"Arn": {"Value": {"Ref": "Topic"}, "Export": {"Name": "the-topic"}}},
        },
    ),
    "importing-stack": Planted(
        "",
        (),
        {
            "Resources": {
                "Copy": resource("AWS::SSM::Parameter", {"Type": "String", "Value": {"Fn::ImportValue": "the-topic"}})
            }
        },
    ),
    "unreadable": Planted(
        "template",
        ("kit-unreadable",),
        {"Resources": {"Data": resource("AWS::S3::Bucket", {"VersioningConfiguration": "on"})}},
    ),
}
PLANTED = {**TWENTY_SIX, **MORE}

GOOD_TRUST = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:bedrock:us-east-1:${AWS::AccountId}:knowledge-base/*"}},
}
CLEAN = {
    "Parameters": {
        "MaxTokens": {"Type": "Number", "Default": 4096},
        "TokenParameter": {"Type": "String", "Default": "/app/token"},
    },
    "Resources": {
        "Logs": bucket(
            PublicAccessBlockConfiguration={
                name: True
                for name in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
            }
        )
        | {
            "Metadata": {
                "cdk_nag": {
                    "rules_to_suppress": [
                        {"id": "AwsSolutions-S1", "reason": "holds the access logs"},
                        {"id": "AwsSolutions-S10", "reason": "only S3 writes"},
                    ]
                }
            }
        },
        "Data": bucket(
            LoggingConfiguration={"DestinationBucketName": {"Ref": "Logs"}},
            PublicAccessBlockConfiguration={
                name: True
                for name in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
            },
        ),
        "DataPolicy": bucket_policy(SECURE),
        "Role": resource("AWS::IAM::Role", role("bedrock.amazonaws.com", Condition=GOOD_TRUST)),
        "Policy": resource(
            "AWS::IAM::Policy",
            {
                "PolicyName": "P",
                "Roles": [{"Ref": "Role"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "s3:GetObject",
                            "Resource": {"Fn::Join": ["", [BUCKET_ARN, "/docs/one.md"]]},
                        },
                        {
                            "Effect": "Allow",
                            "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
                            "Resource": BUCKET_ARN,
                            "Condition": {"StringLike": {"s3:prefix": "docs/"}},
                        },
                        {
                            "Effect": "Allow",
                            "Action": "bedrock:InvokeModel",
                            "Resource": MODEL,
                            "Condition": {
                                "StringEquals": {"bedrock:GuardrailIdentifier": "g", "aws:RequestTag/team": "a"}
                            },
                        },
                        {
                            "Effect": "Allow",
                            "Action": "iam:PassRole",
                            "Resource": ROLE_ARN,
                            "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
                        },
                    ],
                },
            },
        ),
        "Function": resource(
            "AWS::Lambda::Function",
            function(
                Timeout=900,
                Environment={
                    "Variables": {
                        "API_KEY_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:k",
                        "TOKEN_PATH": "/app/token",
                        "MAX_TOKENS": "4096",
                        "TABLE": {"Ref": "TokenParameter"},
                        "LIMIT": {"Ref": "MaxTokens"},
                    }
                },
            ),
        ),
        "Permission": resource(
            "AWS::Lambda::Permission",
            {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Function"},
                "Principal": "s3.amazonaws.com",
                "SourceArn": BUCKET_ARN,
                "SourceAccount": ACCOUNT,
            },
        ),
        "Source": resource("AWS::Bedrock::DataSource", {**SOURCE, "DataDeletionPolicy": "RETAIN"}),
        "Custom": resource("Custom::Thing", {**CUSTOM, "ServiceTimeout": "3600"}),
    },
}


def write(stacks: dict[str, Json], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, template in stacks.items():
        file = f"{name}.template.json"
        template = {"Resources": {"Nothing1": resource("AWS::CloudFormation::WaitConditionHandle", {})}, **template}
        (folder / file).write_text(json.dumps(template), encoding="utf-8")
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": file},
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}), encoding="utf-8")


if __name__ == "__main__":
    planted_stacks = {name: planted.template for name, planted in PLANTED.items()}
    write({**planted_stacks, "clean": CLEAN}, Path(os.environ["CDK_OUTDIR"]))
