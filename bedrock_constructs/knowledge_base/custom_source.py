"""Documents that callers put one by one: a data source that no ingestion job reads.

https://docs.aws.amazon.com/bedrock/latest/userguide/custom-data-source-connector.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam

from bedrock_constructs.knowledge_base.source import Part


@dataclass(frozen=True)
class CustomSource:
    """`folders`: s3://bucket/prefix/ of the account, whose objects may be put by their address."""

    name: str
    folders: Sequence[str] = ()

    @property
    def schedule(self) -> str | None:
        return None

    def parts(self, own_account: str) -> list[Part]:
        configuration = bedrock.CfnDataSource.DataSourceConfigurationProperty(type="CUSTOM")
        return [Part("Custom", configuration, ("custom",), None)]

    @property
    def objects(self) -> Sequence[str]:
        return [f"arn:{cdk.Aws.PARTITION}:s3:::{folder.removeprefix('s3://')}*" for folder in self.folders]

    @property
    def permitted_arns(self) -> Sequence[str]:
        return self.objects

    def statements(self, stack: cdk.Stack) -> Iterator[iam.PolicyStatement]:
        if self.folders:
            own = {"StringEquals": {"aws:ResourceAccount": stack.account}}
            yield iam.PolicyStatement(actions=["s3:GetObject"], resources=list(self.objects), conditions=own)
