"""Keeps the embedded AWS and real accounts apart: no command reaches the other one by accident."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class GuardError(Exception):
    """When a command is about to talk to the wrong AWS."""


def require_embedded(endpoint_url: str) -> None:
    """Raise GuardError unless `endpoint_url` is a healthy embedded AWS on this machine."""
    host = urllib.parse.urlsplit(endpoint_url).hostname
    if host not in LOOPBACK:
        raise GuardError(f"{endpoint_url} is not on this machine; the embedded AWS is on 127.0.0.1 only")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint_url}/_ministack/health", timeout=5) as response:
            json.load(response)["services"]
    except (urllib.error.URLError, OSError, ValueError, KeyError) as error:
        raise GuardError(f"{endpoint_url} does not answer as the embedded AWS ({error}); start it: make up") from None


def require_real(environ: Mapping[str, str]) -> None:
    """Raise GuardError where the environment points to an emulator instead of an AWS account."""
    endpoints = sorted(name for name in environ if name.startswith("AWS_ENDPOINT_URL"))
    if endpoints:
        raise GuardError(f"{endpoints[0]} is set, so this would not reach AWS; unset it, or use make up")
    if environ.get("AWS_ACCESS_KEY_ID") == "test":
        raise GuardError("the credentials are those of the embedded AWS; log in to your account, or use make up")
