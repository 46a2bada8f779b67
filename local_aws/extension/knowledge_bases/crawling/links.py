"""Links of an HTML page, as absolute URLs without fragments. Pure."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit


def links_of(url: str, html: str) -> list[str]:
    """Those of http and https, each once, in their order."""
    parser = _Links(url)
    parser.feed(html)
    absolute = [joined(parser.base, link) for link in parser.found]
    return list(dict.fromkeys(link for link in absolute if link.startswith(("http://", "https://"))))


def joined(base: str, link: str) -> str:
    """Empty for what is no URL, such as http://[bad or a port of 99999."""
    try:
        absolute = urldefrag(urljoin(base, link)).url
        _ = urlsplit(absolute).port
    except ValueError:
        return ""
    return absolute


class _Links(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.base = url
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if target is None:
            return
        if tag == "base":
            self.base = joined(self.base, target) or self.base
        elif tag in ("a", "area"):
            self.found.append(target.strip())
