"""Parts of the planted templates: resources without a flaw but for what they are given, and one flaw as a stack."""

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
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
ROLE_ARN = "arn:aws:iam::111122223333:role/app"
SOURCE = {
    "Name": "docs",
    "KnowledgeBaseId": "ABCDEFGHIJ",
    "DataSourceConfiguration": {"Type": "S3", "S3Configuration": {"BucketArn": "arn:aws:s3:::docs"}},
}
CUSTOM = {"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:f"}
