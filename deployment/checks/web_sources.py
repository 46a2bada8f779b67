"""Faults of web pages as a source: filters that Bedrock refuses, pages that two crawls would find, and the store.

https://docs.aws.amazon.com/bedrock/latest/userguide/webcrawl-data-source-connector.html (2026-11)
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from urllib.parse import urlsplit

from deployment.checks.reading import RESOLVED
from deployment.config import DeploymentConfig
from deployment.sections.deployment import Deployment
from deployment.sections.knowledge_base import KnowledgeBase
from deployment.sections.knowledge_sources import WebSource

# "Currently, only Amazon OpenSearch Serverless vector store is available to use with this data source."
STORE = "opensearch-serverless"
LOOKS_AROUND = re.compile(r"\(\?<?[=!]")
REPEATS_A_REPETITION = re.compile(r"\([^()]*[+*}][^()]*\)[+*{]")
COUNTRY_LETTERS, SUFFIX_LETTERS = 2, 3  # of the suffixes co.uk and com.au


def web_store_faults(item: KnowledgeBase, deployment: Deployment) -> Iterator[str]:
    """Each begins with the setting, without the place of its section."""
    if item.store == STORE or deployment.allow_unlisted:
        return
    for name, source in item.sources.items():
        if isinstance(source, WebSource):
            yield (
                f'sources.{name}: Bedrock keeps web pages in store = "{STORE}" only, got {item.store}, and that store '
                f"is billed by the hour (docs/knowledge-bases.md); use it in a knowledge base of its own, download the "
                "pages into documents, or set allow_unlisted in [deployment] to try"
            )


def web_faults(sources: Mapping[str, WebSource]) -> Iterator[str]:
    """`sources`: of one knowledge base, by their places in the file."""
    for where, source in sources.items():
        for setting, patterns in (("include", source.include), ("exclude", source.exclude)):
            yield from (f"{where}.{setting}: {fault}" for pattern in patterns for fault in _pattern_faults(pattern))
        for url in source.urls:
            if any(_is_pattern(pattern) and re.fullmatch(pattern, url) for pattern in source.exclude):
                yield f"{where}.exclude: matches {url}, where the crawl begins; correct one of them"
    begun = [(where, source, url) for where, source in sources.items() for url in source.urls]
    for (one, first, url), (other, second, same) in combinations(begun, 2):
        # Those of one source are one crawl, which takes a page once.
        if one != other and (_reaches(first, url, same) or _reaches(second, same, url)):
            yield (
                f"{other}.urls: a crawl of {url} of {one} finds {same} too, or the reverse: pages would be embedded, "
                "and paid for, twice; keep one of them, narrow the scope, or exclude the other one's pages"
            )


def web_warnings(config: DeploymentConfig) -> Iterator[str]:
    for where, item in config.knowledge_base_sections.items():
        for name, source in item.sources.items():
            if isinstance(source, WebSource):
                yield f"{where}.sources.{name}: AWS calls its web crawler a preview, which may change"
                if private := [url for url in source.urls if _is_private(urlsplit(url).hostname or "")]:
                    yield (
                        f"{where}.sources.{name}.urls: Bedrock crawls what the internet sees, and {', '.join(private)} "
                        "is not there; only the embedded AWS crawls 127.0.0.1"
                    )


def _pattern_faults(pattern: str) -> Iterator[str]:
    if RESOLVED in pattern:
        yield f"CloudFormation would replace {RESOLVED}...}}}}; write it otherwise"
    if LOOKS_AROUND.search(pattern) or REPEATS_A_REPETITION.search(pattern):
        yield f"Bedrock refuses looking ahead or behind, and repeated repetitions such as (a+)+, got {pattern!r}"
    elif not _is_pattern(pattern):
        yield f"must be a regular expression of URLs such as .*\\.pdf$, got {pattern!r}"


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _reaches(source: WebSource, url: str, other: str) -> bool:
    """Whether a crawl that begins at `url` takes the URL `other`."""
    patterns = [pattern for pattern in (*source.include, *source.exclude) if _is_pattern(pattern)]
    matching = {pattern for pattern in patterns if re.fullmatch(pattern, other)}
    if matching & {*source.exclude} or (source.include and not matching & {*source.include}):
        return False
    own, their = urlsplit(url), urlsplit(other)
    if source.scope == "subdomains":
        return _primary_domain(own.hostname or "") == _primary_domain(their.hostname or "")
    if own.netloc.lower() != their.netloc.lower():
        return False
    return source.scope != "path" or (their.path or "/").startswith(own.path or "/")


def _primary_domain(host: str) -> str:
    """Of which "subdomains" takes all pages. Without a list of public suffixes: example.com, and example.co.uk."""
    labels = host.split(".")
    if labels[-1].isdigit():  # an address
        return host
    if labels[-1] == "localhost":
        return labels[-1]
    of_a_country = len(labels[-1]) == COUNTRY_LETTERS and len(labels) > 1 and len(labels[-2]) <= SUFFIX_LETTERS
    return ".".join(labels[-3 if of_a_country else -2 :])


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))
