"""A password as PostgreSQL keeps it, so that no statement has the password itself: statements are logged.

https://www.postgresql.org/docs/current/catalog-pg-authid.html (format), RFC 5803
"""

import base64
import hashlib
import hmac
import os

ITERATIONS = 4096  # PostgreSQL's own


def verifier(password: str, salt: bytes | None = None) -> str:
    """`password` has ASCII characters only."""
    used = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), used, ITERATIONS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(used)}${_text(stored)}:{_text(_keyed(salted, b'Server Key'))}"


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
