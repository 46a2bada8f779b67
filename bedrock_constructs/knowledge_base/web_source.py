"""Web pages as documents: Bedrock's crawler, a data source of its own. In preview.

https://docs.aws.amazon.com/bedrock/latest/userguide/webcrawl-data-source-connector.html: only OpenSearch Serverless
holds its vectors. The URLs, scope, filters and limits are changed in place.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam

from bedrock_constructs.knowledge_base.source import Part

# Bedrock's own default is the path.
SCOPES = {"path": None, "host": "HOST_ONLY", "subdomains": "SUBDOMAINS"}
_properties = bedrock.CfnDataSource


@dataclass(frozen=True)
class WebSource:
    """Pages reached from `urls` (1 to 10). `include`, `exclude`: up to 25 regular expressions of URLs each.

    `pages_per_minute`: 1 to 300, of each host. `max_pages`: 1 to 25,000; more of them fail the ingestion.
    `user_agent`: 15 to 40 characters after the crawler's own name. `schedule`: of EventBridge Scheduler.
    """

    name: str
    urls: Sequence[str]
    scope: Literal["path", "host", "subdomains"] = "path"
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    pages_per_minute: int = 60
    max_pages: int = 1_000
    user_agent: str | None = None
    schedule: str | None = None

    def parts(self, own_account: str) -> list[Part]:
        configuration = _properties.DataSourceConfigurationProperty(
            type="WEB",
            web_configuration=_properties.WebDataSourceConfigurationProperty(
                source_configuration=_properties.WebSourceConfigurationProperty(
                    url_configuration=_properties.UrlConfigurationProperty(
                        seed_urls=[_properties.SeedUrlProperty(url=url) for url in self.urls]
                    )
                ),
                crawler_configuration=self._crawler(),
            ),
        )
        return [Part("Web", configuration, ("web",), self._digest())]

    @property
    def objects(self) -> Sequence[str]:
        return ()

    @property
    def permitted_arns(self) -> Sequence[str]:
        return ()

    def statements(self, stack: cdk.Stack) -> Iterator[iam.PolicyStatement]:
        return iter(())

    def _crawler(self) -> bedrock.CfnDataSource.WebCrawlerConfigurationProperty:
        return _properties.WebCrawlerConfigurationProperty(
            crawler_limits=_properties.WebCrawlerLimitsProperty(
                rate_limit=self.pages_per_minute, max_pages=self.max_pages
            ),
            inclusion_filters=list(self.include) or None,
            exclusion_filters=list(self.exclude) or None,
            scope=SCOPES[self.scope],
            user_agent=self.user_agent,
        )

    def _digest(self) -> str:
        """Of what decides which pages are found; another schedule finds the same."""
        *crawled, _ = astuple(self)
        return hashlib.sha256(repr(crawled).encode()).hexdigest()[:16]
