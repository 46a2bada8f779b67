"""Web pages as a source: what Bedrock would refuse, what two crawls would find, and where the vectors go."""

from typing import Any

import pytest
from pydantic import ValidationError

from deployment.checks.web_sources import web_faults, web_store_faults, web_warnings
from deployment.config import DeploymentConfig
from deployment.sections.knowledge_base import KnowledgeBase
from deployment.sections.knowledge_sources import WebSource

WHERE = "knowledge_bases.docs.sources.site"
SITE = "https://www.example.com/docs/"


def web(*urls: str, **settings: Any) -> WebSource:
    return WebSource.model_validate({"kind": "web", "urls": list(urls) or [SITE], **settings})


def config(store: str, *urls: str, **deployment: Any) -> DeploymentConfig:
    source = {"kind": "web", "urls": list(urls) or [SITE]}
    section = {"model": "amazon.nova-micro-v1:0", "store": store, "sources": {"site": source}}
    head = {"name": "web", "region": "us-east-1", **deployment}
    return DeploymentConfig.model_validate({"deployment": head, "knowledge_bases": {"docs": section}})


def base(found: DeploymentConfig) -> KnowledgeBase:
    return found.knowledge_bases["docs"]


@pytest.mark.parametrize("store", ["s3-vectors", "aurora-postgresql"])
def test_only_opensearch_serverless_holds_web_pages(store: str) -> None:
    refused, allowed = config(store), config("opensearch-serverless")

    (fault,) = web_store_faults(base(refused), refused.deployment)
    assert fault.startswith(
        'sources.site: Bedrock keeps web pages in store = "opensearch-serverless" only, got ' + store
    )
    assert list(web_store_faults(base(allowed), allowed.deployment)) == []
    tried = config(store, allow_unlisted=True)
    assert list(web_store_faults(base(tried), tried.deployment)) == []


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(", "must be a regular expression"),
        ("*.pdf", "must be a regular expression"),
        (".*(?=x)", "Bedrock refuses looking ahead"),
        ("(?<!x)y", "Bedrock refuses looking ahead"),
        ("(a+)+b", "repeated repetitions"),
        ("{{resolve:ssm:x}}", "CloudFormation would replace"),
    ],
)
@pytest.mark.parametrize("setting", ["include", "exclude"])
def test_patterns_that_bedrock_refuses_are_faults(setting: str, pattern: str, fault: str) -> None:
    (found,) = web_faults({WHERE: web(**{setting: [pattern]})})

    assert found.startswith(f"{WHERE}.{setting}: ")
    assert fault in found


def test_patterns_of_awss_examples_are_fine() -> None:
    source = web(include=[r"https://www\.example\.com/docs/.*"], exclude=[r".*\.pdf$", r".*/(drafts|old)/.*"])

    assert list(web_faults({WHERE: source})) == []


def test_a_filter_that_excludes_where_the_crawl_begins_is_a_fault() -> None:
    (fault,) = web_faults({WHERE: web(exclude=[r".*/docs/.*"])})

    assert fault == f"{WHERE}.exclude: matches {SITE}, where the crawl begins; correct one of them"


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (web(SITE), web("https://www.example.com/blog/"), False),
        (web(SITE), web(f"{SITE}api/"), True),
        (web(f"{SITE}api/"), web(SITE), True),
        (web(SITE), web("https://www.example.com/blog/", scope="host"), True),
        (web(SITE), web("https://other.example.com/docs/"), False),
        (web("https://www.example.com"), web(SITE), True),
        (web("https://WWW.example.com/docs/"), web(SITE), True),
        (web(SITE, exclude=[r".*/docs/api/.*"]), web(f"{SITE}api/"), False),
        (web(SITE, include=[r".*/docs/guide/.*"]), web(f"{SITE}api/"), False),
        (web(SITE, scope="subdomains"), web("https://blog.example.com/2026/"), True),
        (web("https://blog.example.com/2026/"), web(SITE, scope="subdomains"), True),
        (web("https://example.com/", scope="subdomains"), web("https://a.b.example.com/", scope="subdomains"), True),
        (web(SITE, scope="subdomains"), web("http://example.com:8080/"), True),
        (web(SITE, scope="subdomains", exclude=[r"https://blog\..*"]), web("https://blog.example.com/"), False),
        (web(SITE, scope="subdomains"), web("https://www.example.org/"), False),
        (web(SITE, scope="subdomains"), web("https://notexample.com/"), False),
        (web("https://a.example.co.uk/", scope="subdomains"), web("https://b.example.co.uk/"), True),
        (web("https://example.co.uk/", scope="subdomains"), web("https://other.co.uk/"), False),
        (web("http://127.0.0.1/", scope="subdomains"), web("http://128.0.0.1/"), False),
    ],
)
def test_pages_that_two_crawls_find_are_a_fault(first: WebSource, second: WebSource, overlap: bool) -> None:
    found = list(web_faults({f"{WHERE}1": first, f"{WHERE}2": second}))

    assert len(found) == overlap
    assert all(fault.startswith(f"{WHERE}2.urls: a crawl of") for fault in found)


def test_the_urls_of_one_source_are_one_crawl() -> None:
    source = web(SITE, f"{SITE}api/", "https://blog.example.com/", scope="subdomains")

    assert list(web_faults({WHERE: source})) == []


def test_the_preview_and_what_the_internet_cannot_see_are_warnings() -> None:
    seen = list(web_warnings(config("opensearch-serverless")))
    hidden = list(web_warnings(config("opensearch-serverless", "http://127.0.0.1:8000/", "http://wiki/")))

    assert seen == [f"{WHERE}: AWS calls its web crawler a preview, which may change"]
    assert "http://127.0.0.1:8000/, http://wiki/ is not there" in hidden[1]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("urls", []),
        ("urls", [f"https://example.com/{number}" for number in range(11)]),
        ("urls", ["ftp://example.com/"]),
        ("urls", ["https://user:password@example.com/"]),
        ("urls", ["https://example.com/#part"]),
        ("pages_per_minute", 0),
        ("pages_per_minute", 301),
        ("max_pages", 25_001),
        ("include", [".*"] * 26),
        ("exclude", [""]),
        ("user_agent", "too-short"),
        ("scope", "everything"),
    ],
)
def test_what_the_api_refuses_is_refused(setting: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        WebSource.model_validate({"kind": "web", "urls": [SITE], setting: value})
