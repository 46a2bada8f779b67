"""[knowledge_bases.*.sources.*]: documents that lie elsewhere, and how often they are looked at again."""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import (
    AccountId,
    BucketName,
    BucketPrefix,
    IngestionSchedule,
    KmsKeyArn,
    S3Folder,
    Section,
    UserAgentSuffix,
    WebUrl,
)
from kit_contract.counted import counted


class S3Source(Section):
    """Objects of a bucket in the Region: all, or those below `prefixes`. `account`: the bucket's owner, if another."""

    kind: Literal["s3"]
    bucket: BucketName
    prefixes: Annotated[list[BucketPrefix], Field(max_length=50)] = []
    account: AccountId | None = None
    kms_key_arn: KmsKeyArn | None = None
    schedule: IngestionSchedule | None = None

    @property
    def data_sources(self) -> int:
        return len(self.prefixes) or 1

    @property
    def content(self) -> str:
        return f"documents in the bucket {self.bucket}"


class WebSource(Section):
    """Pages that Bedrock's crawler finds from `urls`. Ranges: API_agent_WebCrawlerConfiguration.html and its page in
    the user guide, webcrawl-data-source-connector.html (10 URLs, 25,000 pages).

    `scope`: "path" is the host and the beginning of the path of each URL. `include`, `exclude`: regular expressions of
    whole URLs. More pages than `max_pages` fail the ingestion. `user_agent`: what the crawler's name ends with.
    """

    kind: Literal["web"]
    urls: Annotated[list[WebUrl], Field(min_length=1, max_length=10)]
    scope: Literal["path", "host", "subdomains"] = "path"
    include: Annotated[list[Annotated[str, Field(min_length=1, max_length=1000)]], Field(max_length=25)] = []
    exclude: Annotated[list[Annotated[str, Field(min_length=1, max_length=1000)]], Field(max_length=25)] = []
    pages_per_minute: Annotated[int, Field(ge=1, le=300)] = 60
    max_pages: Annotated[int, Field(ge=1, le=25_000)] = 1_000
    user_agent: UserAgentSuffix | None = None
    schedule: IngestionSchedule | None = None

    @property
    def data_sources(self) -> int:
        return 1

    @property
    def content(self) -> str:
        return f"up to {counted(self.max_pages, 'page')} of {', '.join(self.urls)}"


class CustomSource(Section):
    """Documents that are put with `kit knowledge put` or Bedrock's API. `objects`: S3 folders that it may name."""

    kind: Literal["custom"]
    objects: Annotated[list[S3Folder], Field(max_length=10)] = []

    @property
    def data_sources(self) -> int:
        return 1

    @property
    def content(self) -> str:
        return "documents that are put"


Source = Annotated[S3Source | WebSource | CustomSource, Field(discriminator="kind")]
