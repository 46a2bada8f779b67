"""TLS for connections to AWS.

Reading every certificate authority of the system takes a quarter of a cold start, so the zip holds those of Amazon
(bedrock_constructs/lambda_functions/amazon_roots.py). Where they do not fit, as behind a proxy that looks into TLS or
when AWS changes them, those of the system count.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from functools import cache

from kit_contract.inference_api_names import AMAZON_ROOTS_FILE

ROOTS_PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), AMAZON_ROOTS_FILE)
_first_try = [True]


def secured(connect: Callable[[], socket.socket], host: str) -> ssl.SSLSocket:
    """A connection of `connect` with TLS, its certificate and host name checked. Raises OSError."""
    if _first_try[0] and os.path.exists(ROOTS_PATH):
        try:
            return _wrapped(_context(ROOTS_PATH), connect(), host)
        except ssl.SSLCertVerificationError:
            _first_try[0] = False
    return _wrapped(_context(None), connect(), host)


def _wrapped(context: ssl.SSLContext, connection: socket.socket, host: str) -> ssl.SSLSocket:
    try:
        return context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


@cache
def _context(roots: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=roots)
