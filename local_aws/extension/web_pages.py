"""Refuses requests that a web page in the developer's browser could make: the embedded AWS checks no signature.

A page reaches 127.0.0.1 by a name of its own (DNS rebinding, told by `Host`), by a request to another site (told by
`Origin`), or by a link, an image or a script, which have no `Origin` (told by `Sec-Fetch-Site`; ministack takes an
`Action` from the query of a GET). Browsers set these headers and pages cannot.
https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
"""

import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from ministack import app

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

FROM_NO_OTHER_SITE = ("same-origin", "none")  # "none": you typed the address
LOGGER = logging.getLogger("web_pages")


def install() -> None:
    """Put the check before everything that ministack answers, its own administration and WebSockets included."""
    behind, port = app.app, int(os.environ["GATEWAY_PORT"])

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        reason = refusal(scope["headers"], port) if scope["type"] in ("http", "websocket") else None
        if reason is None:
            await behind(scope, receive, send)
        else:
            LOGGER.warning("refused %s %s: %s", scope.get("method", "WebSocket"), scope["path"], reason)
            await _refuse(scope, receive, send, reason)

    app.app = checked


def refusal(headers: Iterable[tuple[bytes, bytes]], port: int) -> str | None:
    """Why a request with these headers is refused, or None. `port` is the port of the embedded AWS."""
    given: dict[str, list[str]] = {}
    for name, value in headers:
        given.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1").strip())
    hosts = given.get("host", [])
    if len(hosts) != 1 or not _is_mine(hosts[0], port):
        return (
            f"the embedded AWS answers to http://127.0.0.1:{port}, to localhost and to names below localhost only, got "
            f"Host: {', '.join(hosts) or 'none'}; use this address, and in a proxy pass it on as Host"
        )
    others = [origin for origin in given.get("origin", []) if origin.lower() != f"http://{hosts[0]}".lower()]
    if others:
        return (
            f"the embedded AWS takes no requests of web pages, got Origin: {others[0]}; call it from your server, and "
            "in a development server's proxy remove the Origin header"
        )
    sites = [site for site in given.get("sec-fetch-site", []) if site.lower() not in FROM_NO_OTHER_SITE]
    if sites:
        return (
            f"the embedded AWS takes no requests of web pages, got Sec-Fetch-Site: {sites[0]}; call it from your server"
        )
    return None


def _is_mine(host: str, port: int) -> bool:
    """127.0.0.1, localhost, and the names of buckets and APIs before them. No one can register a name below these."""
    try:
        parts = urlsplit(f"//{host}")
        if parts.netloc != host or parts.username is not None or (parts.port or 80) != port:
            return False
    except ValueError:
        return False
    name = parts.hostname or ""
    return name == "::1" or any(name == own or name.endswith(f".{own}") for own in ("127.0.0.1", "localhost"))


async def _refuse(scope: Scope, receive: Receive, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})  # before the handshake: hypercorn answers 403
        return
    body = json.dumps({"__type": "AccessDeniedException", "message": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
