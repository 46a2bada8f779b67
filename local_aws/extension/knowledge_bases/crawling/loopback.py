"""Requests of the crawler: to servers on 127.0.0.1 only. `localhost` and its subdomains are names of it (RFC 6761)."""

import http.client
from urllib.parse import urlsplit

from local_aws.extension.knowledge_bases.crawling.crawl import Answer

ADDRESS, SECONDS = "127.0.0.1", 5.0
MOST_BYTES = 50 * 1024 * 1024


def fetch(url: str, user_agent: str) -> Answer:
    """Raises OSError with what is wrong."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host not in (ADDRESS, "localhost") and not host.endswith(".localhost"):
        raise OSError(f"the embedded AWS crawls servers on {ADDRESS} only, and {host} is on the internet")
    if parts.scheme != "http":
        raise OSError(f"the embedded AWS crawls http on {ADDRESS} only, got {parts.scheme}")
    connection = http.client.HTTPConnection(ADDRESS, parts.port or 80, timeout=SECONDS)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"Host": parts.netloc, "User-Agent": user_agent})
        answered = connection.getresponse()
        body = answered.read(MOST_BYTES + 1)
        location = answered.getheader("Location") or "" if 300 <= answered.status < 400 else ""
        return Answer(answered.status, answered.getheader("Content-Type") or "", body, location)
    except http.client.HTTPException as error:
        raise OSError(f"no answer of HTTP: {error!r}") from None
    finally:
        connection.close()
