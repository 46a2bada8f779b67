"""TLS for connections to AWS."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def client_context() -> ssl.SSLContext:
    """Checks the certificate and the host name against the certificate authorities of the system."""
    return ssl.create_default_context()
