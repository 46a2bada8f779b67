"""Ingestion of the pages of a web data source."""

import hashlib
import threading
import time
from typing import Any

from local_aws.extension.bedrock.clock import scale
from local_aws.extension.knowledge_bases import documents
from local_aws.extension.knowledge_bases.crawling import loopback
from local_aws.extension.knowledge_bases.crawling.crawl import (
    DEFAULT_PAGES,
    DEFAULT_RATE,
    Page,
    Settings,
    TooManyPagesError,
    crawl,
)
from local_aws.extension.knowledge_bases.source_document import SourceDocument


def ingest(job: dict[str, Any], source: dict[str, Any]) -> None:
    """Pages that did not answer are kept as they were: "it will err on the side of preserving old content"."""
    configuration = source["DataSourceConfiguration"]["webConfiguration"]
    crawler = configuration.get("crawlerConfiguration") or {}
    limits = crawler.get("crawlerLimits") or {}
    own = f"bedrockbot-{hashlib.sha256(source['DataSourceId'].encode()).hexdigest()[:32]}"
    settings = Settings(
        seeds=[seed["url"] for seed in configuration["sourceConfiguration"]["urlConfiguration"]["seedUrls"]],
        agents=(own, "bedrockbot"),
        scope=crawler.get("scope"),
        include=crawler.get("inclusionFilters") or (),
        exclude=crawler.get("exclusionFilters") or (),
        most_pages=int(limits.get("maxPages") or DEFAULT_PAGES),
    )
    agent = "-".join(part for part in (own, crawler.get("userAgent")) if part)
    pace = _Pace(60 / int(limits.get("rateLimit") or DEFAULT_RATE), job["stop"])
    try:
        found = crawl(settings, lambda url: loopback.fetch(url, agent), pace.wait)
    except TooManyPagesError as error:
        job["failures"].append(f"Encountered error: {error}; no page was ingested")
        return
    if job["stop"].is_set():
        return
    job["failures"] += found.failures
    job["counts"]["failed"] += len(found.failures)
    documents.ingest(job, source, [_document(page) for page in found.pages], kept=found.unsure)


class _Pace:
    """Requests to a host are `seconds` apart on Bedrock's clock."""

    def __init__(self, seconds: float, stop: threading.Event) -> None:
        self._seconds, self._stop = seconds * scale(), stop
        self._next: dict[str, float] = {}

    def wait(self, host: str) -> bool:
        """False if the job was stopped."""
        now = time.monotonic()
        begin = max(now, self._next.get(host, now))
        self._next[host] = begin + self._seconds
        return not self._stop.wait(begin - now)


def _document(page: Page) -> SourceDocument:
    return SourceDocument(
        uri=page.url,
        name=page.name,
        version=hashlib.sha256(page.body).hexdigest(),
        read=lambda: page.body,
        kind="WEB",
    )
