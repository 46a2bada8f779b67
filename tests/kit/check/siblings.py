"""Siblings of the 26 planted kinds, by name."""

from tests.kit.check.templates import (
    ACCOUNT,
    BUCKET_ARN,
    CUSTOM,
    ROLE_ARN,
    Planted,
    bucket,
    function,
    one,
    policy,
    resource,
    role,
)

HARNESS = {
    "HarnessName": "desk",
    "ExecutionRoleArn": "arn:aws:iam::111122223333:role/desk",
    "Model": {"BedrockModelConfig": {"ModelId": "amazon.nova-micro-v1:0"}},
}
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
