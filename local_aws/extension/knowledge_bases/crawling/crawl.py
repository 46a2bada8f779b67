"""Finds the pages of a web data source from its seed URLs. Pure: the transport and the pauses are given.

https://docs.aws.amazon.com/bedrock/latest/userguide/webcrawl-data-source-connector.html: scope, filters (an exclusion
takes precedence), files of supported types "regardless of scope", and more pages than the limit fail the whole job. AWS
does not document whether a pattern must match the whole URL: here it must, as in its examples.
"""

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from local_aws.extension.knowledge_bases.crawling import robots
from local_aws.extension.knowledge_bases.crawling.links import joined, links_of

DEFAULT_RATE, DEFAULT_PAGES = 300, 25_000
FILES = (".pdf", ".doc", ".docx", ".csv", ".xls", ".xlsx", ".txt", ".md")
# What a document's type is read from; pages seldom have an ending.
ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
}
GONE, MOST_REDIRECTS = (404, 410), 5


class TooManyPagesError(ValueError):
    """When a crawl finds more pages than its limit: "no web pages will be ingested"."""


@dataclass(frozen=True)
class Answer:
    """`location`: where a redirect goes."""

    status: int
    content_type: str = ""
    body: bytes = b""
    location: str = ""


@dataclass(frozen=True)
class Settings:
    """`scope`: None, HOST_ONLY or SUBDOMAINS. `agents`: the crawler's names in robots.txt, the most specific first."""

    seeds: Sequence[str]
    agents: Sequence[str]
    scope: str | None = None
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    most_pages: int = DEFAULT_PAGES

    def takes(self, url: str) -> bool:
        """Whether the filters let it be a document."""
        included = not self.include or any(re.fullmatch(pattern, url) for pattern in self.include)
        return included and not any(re.fullmatch(pattern, url) for pattern in self.exclude)

    def follows(self, url: str) -> bool:
        file = urlsplit(url).path.lower().endswith(FILES)
        return self.takes(url) and (file or any(self._in_scope(seed, url) for seed in self.seeds))

    def _in_scope(self, seed: str, url: str) -> bool:
        own, other = urlsplit(seed), urlsplit(url)
        if self.scope == "SUBDOMAINS":
            domain = _primary_domain(own.hostname or "")
            return other.hostname == domain or (other.hostname or "").endswith(f".{domain}")
        same = own.netloc.lower() == other.netloc.lower()
        return same and (self.scope == "HOST_ONLY" or (other.path or "/").startswith(own.path or "/"))


@dataclass(frozen=True)
class Page:
    """`name` has the ending of its type."""

    url: str
    name: str
    body: bytes


@dataclass
class Found:
    """`unsure`: URLs that did not answer, which does not mean that they are gone."""

    pages: list[Page] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)


def crawl(settings: Settings, fetch: Callable[[str], Answer], pause: Callable[[str], bool]) -> Found:
    """`fetch` raises OSError with what is wrong. `pause` waits before a request to the host; False ends the crawl.

    Raises TooManyPagesError.
    """
    return _Crawl(settings, fetch, pause).run()


class _Crawl:
    def __init__(self, settings: Settings, fetch: Callable[[str], Answer], pause: Callable[[str], bool]) -> None:
        self._settings, self._fetch, self._pause = settings, fetch, pause
        self._queue = deque(dict.fromkeys(urldefrag(seed).url for seed in settings.seeds))
        self._seen = set(self._queue)
        self._robots: dict[str, str | None] = {}
        self._found = Found()

    def run(self) -> Found:
        while self._queue:
            url = self._queue.popleft()
            try:
                if not self._visit(url):
                    break
            except OSError as error:
                self._found.unsure.add(url)
                self._failed(url, str(error))
        return self._found

    def _visit(self, url: str) -> bool:
        """False if the crawl is to end."""
        if not self._allowed(url):
            if url in self._settings.seeds:
                self._failed(url, "robots.txt does not allow it, or there is none")
            return True
        if not self._pause(urlsplit(url).netloc):
            return False
        asked, answer = url, self._fetch(url)
        for _ in range(MOST_REDIRECTS):
            if not answer.location:
                break
            asked = joined(asked, answer.location)
            if not asked or asked in self._seen or not self._settings.follows(asked) or not self._allowed(asked):
                return True
            self._seen.add(asked)
            answer = self._fetch(asked)
        self._take(asked, answer)
        return True

    def _take(self, url: str, answer: Answer) -> None:
        if answer.status != 200:
            if answer.status not in GONE:
                self._found.unsure.add(url)
            self._failed(url, f"the server answered {answer.status}")
            return
        kind = answer.content_type.partition(";")[0].strip().lower()
        path = urlsplit(url).path
        name = path.rsplit("/", 1)[-1] or "index"
        ending = ENDINGS.get(kind, "")
        if self._settings.takes(url):
            self._found.pages.append(Page(url, name if name.lower().endswith(ending) else name + ending, answer.body))
        if len(self._found.pages) > self._settings.most_pages:
            raise TooManyPagesError(f"the crawl found more than maxPages, {self._settings.most_pages}")
        if ending == ".html":
            for link in links_of(url, answer.body.decode("utf-8", "replace")):
                if link not in self._seen and self._settings.follows(link):
                    self._seen.add(link)
                    self._queue.append(link)

    def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            answer = self._fetch(f"{site}/robots.txt")
            self._robots[site] = answer.body.decode("utf-8", "replace") if answer.status == 200 else None
        text = self._robots[site]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return text is not None and robots.allows(text, self._settings.agents, path)

    def _failed(self, url: str, reason: str) -> None:
        self._found.failures.append(f"Encountered error: {url}: {reason}")


def _primary_domain(host: str) -> str:
    """Without a list of public suffixes: the last two labels, and localhost itself."""
    labels = host.split(".")
    return "localhost" if labels[-1] == "localhost" else ".".join(labels[-2:])
