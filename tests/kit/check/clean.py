"""A template of which no rule has anything to say."""

from tests.kit.check.templates import (
    ACCOUNT,
    BUCKET_ARN,
    CUSTOM,
    MODEL,
    ROLE_ARN,
    SECURE,
    SOURCE,
    bucket,
    bucket_policy,
    function,
    resource,
    role,
)

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
