"""What a knowledge base needs to know of documents outside its own bucket."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam


@dataclass(frozen=True)
class Part:
    """One data source. `id`: a part of its construct id. `replacing`: what gives it another name.

    `content`: a deploy with another one ingests it again; None if no ingestion job reads it. `connector`: in place of
    `configuration`, for a managed knowledge base; None if it can't read it.
    """

    id: str
    configuration: bedrock.CfnDataSource.DataSourceConfigurationProperty
    replacing: tuple[object, ...]
    content: str | None
    connector: bedrock.CfnDataSource.DataSourceConfigurationProperty | None = None


class Source(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def schedule(self) -> str | None:
        """A rate or cron expression of EventBridge Scheduler, in UTC."""

    def parts(self, own_account: str) -> list[Part]: ...

    @property
    def objects(self) -> Sequence[str]:
        """ARNs with wildcards, of what is read in S3."""

    @property
    def permitted_arns(self) -> Sequence[str]:
        """What the knowledge base's role uses."""

    def statements(self, stack: cdk.Stack) -> Iterator[iam.PolicyStatement]:
        """What the knowledge base's role may do."""
