"""A CDK app with a stage, a nested stack, and findings that it accepts. With `config` = `secure` it has no others."""

import aws_cdk as cdk
from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns


def main() -> None:
    app = cdk.App()
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Store")
    bucket = s3.Bucket(stack, "Data", enforce_ssl=True, block_public_access=s3.BlockPublicAccess.BLOCK_ALL)
    Validations.of(bucket).acknowledge(Acknowledgment(id="AwsSolutions-S1", reason="holds nothing of worth"))
    logs.LogGroup(stack, "Log", retention=logs.RetentionDays.INFINITE)
    Validations.of(stack).acknowledge(Acknowledgment(id="kit-log-retention", reason="kept for auditors"))
    nested = cdk.NestedStack(stack, "Inner")
    topic = sns.Topic(nested, "Topic", enforce_ssl=app.node.try_get_context("config") == "secure")
    cdk.CfnOutput(nested, "Arn", value=topic.topic_arn)
    app.synth()


if __name__ == "__main__":
    main()
