"""Bedrock's crawler: robots.txt, scope, filters, limits, and nothing beyond 127.0.0.1."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from local_aws.extension.knowledge_bases import data_source_rules
from local_aws.extension.knowledge_bases.crawling import loopback, robots
from local_aws.extension.knowledge_bases.crawling.crawl import Answer, Found, Settings, TooManyPagesError, crawl
from local_aws.extension.knowledge_bases.crawling.links import links_of

AGENTS = ("bedrockbot-1", "bedrockbot")
SITE = "http://www.example.com"
OPEN = Answer(200, "text/plain", b"User-agent: *\nAllow: /\n")


def page(*links: str) -> Answer:
    return Answer(200, "text/html; charset=utf-8", "".join(f'<a href="{link}">x</a>' for link in links).encode())


def crawled(site: Mapping[str, Answer | OSError], *seeds: str, **settings: Any) -> Found:
    """A crawl of `site`, whose robots.txt allows all unless it has one."""

    def fetch(url: str) -> Answer:
        found = site.get(url) or (OPEN if url.endswith("/robots.txt") else Answer(404))
        if isinstance(found, OSError):
            raise found
        return found

    return crawl(Settings(seeds or (f"{SITE}/docs/",), AGENTS, **settings), fetch, lambda _: True)


def urls(found: Found) -> list[str]:
    return [item.url.removeprefix(SITE) for item in found.pages]


SMALL = {
    f"{SITE}/docs/": page("a", "/blog/", "b#part", "/files/manual.pdf", "http://shop.example.com/docs/"),
    f"{SITE}/docs/a": page("/docs/"),
    f"{SITE}/docs/b": page("b"),
    f"{SITE}/blog/": page(),
    f"{SITE}/files/manual.pdf": Answer(200, "application/pdf", b"%PDF"),
    "http://shop.example.com/docs/": page(),
}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (None, ["/docs/", "/docs/a", "/docs/b", "/files/manual.pdf"]),
        ("HOST_ONLY", ["/docs/", "/docs/a", "/blog/", "/docs/b", "/files/manual.pdf"]),
        (
            "SUBDOMAINS",
            ["/docs/", "/docs/a", "/blog/", "/docs/b", "/files/manual.pdf", "http://shop.example.com/docs/"],
        ),
    ],
)
def test_the_scope_says_which_links_are_followed_and_files_are_read_anyway(
    scope: str | None, expected: list[str]
) -> None:
    assert urls(crawled(SMALL, scope=scope)) == expected


def test_an_exclusion_takes_precedence_and_holds_for_files_too() -> None:
    found = crawled(SMALL, include=[rf"{SITE}/docs/.*", r".*\.pdf"], exclude=[r".*/b$", r".*\.pdf$"])

    assert urls(found) == ["/docs/", "/docs/a"]


def test_a_seed_that_no_filter_includes_is_read_for_its_links_only() -> None:
    assert urls(crawled(SMALL, include=[rf"{SITE}/docs/a"])) == ["/docs/a"]


def test_more_pages_than_the_limit_fail_the_crawl() -> None:
    assert len(crawled(SMALL, most_pages=4).pages) == 4
    with pytest.raises(TooManyPagesError, match="more than maxPages, 3"):
        crawled(SMALL, most_pages=3)


def test_what_does_not_answer_is_a_failure_and_may_still_exist() -> None:
    site: dict[str, Answer | OSError] = {f"{SITE}/docs/": page("a", "b", "c"), f"{SITE}/docs/a": Answer(503)}
    site[f"{SITE}/docs/b"] = OSError("refused")

    found = crawled(site)

    assert found.failures == [
        f"Encountered error: {SITE}/docs/a: the server answered 503",
        f"Encountered error: {SITE}/docs/b: refused",
        f"Encountered error: {SITE}/docs/c: the server answered 404",
    ]
    assert found.unsure == {f"{SITE}/docs/a", f"{SITE}/docs/b"}


def test_a_redirect_is_followed_within_the_scope_and_its_target_is_read_once() -> None:
    site = {
        f"{SITE}/docs/": page("old", "new", "away"),
        f"{SITE}/docs/old": Answer(301, location="/docs/newer"),
        f"{SITE}/docs/new": Answer(302, location="newer"),
        f"{SITE}/docs/newer": page(),
        f"{SITE}/docs/away": Answer(302, location="/blog/"),
    }

    assert urls(crawled(site)) == ["/docs/", "/docs/newer"]


def test_a_site_without_robots_txt_is_not_read() -> None:
    found = crawled({**SMALL, f"{SITE}/robots.txt": Answer(404)})

    assert found.pages == []
    assert found.failures == [f"Encountered error: {SITE}/docs/: robots.txt does not allow it, or there is none"]


def test_a_stopped_job_ends_the_crawl() -> None:
    left = iter((True, True, False))
    settings = Settings((f"{SITE}/docs/",), AGENTS)

    found = crawl(settings, lambda url: SMALL.get(url, OPEN), lambda _: next(left))

    assert urls(found) == ["/docs/", "/docs/a"]


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow:", "/", True),
        ("User-agent: *\nDisallow: /\nUser-agent: BedrockBot\nAllow: /", "/x", True),
        ("User-agent: bedrockbot\nAllow: /\nUser-agent: bedrockbot-1 # ours\nDisallow: /", "/x", False),
        ("User-agent: *\nUser-agent: bedrockbot\nDisallow: /a", "/ab", False),
        ("User-agent: *\nDisallow: /docs\nAllow: /docs/public", "/docs/public/x", True),
        ("User-agent: *\nAllow: /docs\nDisallow: /docs", "/docs", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x=1", True),
        ("Disallow: /\nUser-agent: *\nAllow: /", "/", True),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_says(text: str, path: str, allowed: bool) -> None:
    assert robots.allows(text, AGENTS, path) is allowed


def test_links_are_absolute_and_without_fragments() -> None:
    html = '<base href="/en/"><a href="a#1">A</a><a href="a#2">B</a><a href="mailto:x@y">C</a><a name="z">D</a>'

    assert links_of("http://localhost/de/index.html", html) == ["http://localhost/en/a"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://www.example.com/", "crawls servers on 127.0.0.1 only, and www.example.com is on the internet"),
        ("http://127.0.0.1.example.com/", "is on the internet"),
        ("https://localhost/", "crawls http on 127.0.0.1 only, got https"),
    ],
)
def test_nothing_beyond_the_loopback_interface_is_asked(url: str, reason: str) -> None:
    with pytest.raises(OSError, match=reason):
        loopback.fetch(url, "bedrockbot-1")


def given(*urls: str, **crawler: Any) -> dict[str, Any]:
    seeds = [{"url": url} for url in urls or (SITE,)]
    web = {"sourceConfiguration": {"urlConfiguration": {"seedUrls": seeds}}, "crawlerConfiguration": crawler}
    return {"type": "WEB", "webConfiguration": web}


@pytest.mark.parametrize(
    ("configuration", "store", "reason"),
    [
        (given(), "S3_VECTORS", "need a vector store of type OPENSEARCH_SERVERLESS, got S3_VECTORS"),
        (given(*[SITE] * 11), "OPENSEARCH_SERVERLESS", "at most 10 seedUrls"),
        (given(crawlerLimits={"maxPages": 25_001}), "OPENSEARCH_SERVERLESS", "maxPages must be at most 25000"),
        (given(inclusionFilters=["(?=x)"]), "OPENSEARCH_SERVERLESS", "must not look ahead"),
        (given(exclusionFilters=["("]), "OPENSEARCH_SERVERLESS", "no regular expression"),
        ({"type": "WEB"}, "OPENSEARCH_SERVERLESS", "webConfiguration belongs to the type WEB"),
        ({**given(), "type": "CUSTOM"}, "OPENSEARCH_SERVERLESS", "webConfiguration belongs to the type WEB"),
    ],
)
def test_a_data_source_that_bedrock_refuses_is_refused(configuration: dict[str, Any], store: str, reason: str) -> None:
    data_source_rules.check_configuration(given(), "OPENSEARCH_SERVERLESS")
    data_source_rules.check_configuration({"type": "CUSTOM"}, "S3_VECTORS")
    with pytest.raises(ValueError, match=reason):
        data_source_rules.check_configuration(configuration, store)


@pytest.mark.parametrize("link", ["http://[bad", "http://www.example.com:99999/docs/x"])
def test_a_page_cannot_end_the_crawl_with_what_is_no_url(link: str) -> None:
    site = {f"{SITE}/docs/": page(link, "a"), f"{SITE}/docs/a": Answer(302, location=link)}

    assert urls(crawled(site)) == ["/docs/"]
    assert links_of(f"{SITE}/docs/", f'<base href="{link}"><a href="a">x</a>') == [f"{SITE}/docs/a"]


def test_a_rule_of_many_wildcards_is_quick() -> None:
    begun = time.monotonic()

    assert robots.allows(f"User-agent: *\nDisallow: /{'a*' * 20}b\n", AGENTS, "/" + "a" * 60)
    assert time.monotonic() - begun < 1
    assert not robots.allows("User-agent: *\nDisallow: /*/b*c$\n", AGENTS, "/a/bcc")
    assert robots.allows("User-agent: *\nDisallow: /ab*b$\n", AGENTS, "/ab")
