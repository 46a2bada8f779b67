"""Keeps commands for the embedded AWS and commands for AWS accounts apart."""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from kit_contract.errors import ExternalError
from local_aws.emulator import ACCOUNT

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# The embedded STS reads only the key id. AWS refuses this signature.
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=none"
)


class GuardError(ExternalError):
    """When a command would reach the wrong AWS."""


def require_embedded(endpoint_url: str) -> None:
    """Raise GuardError unless `endpoint_url` is a healthy embedded AWS on this machine."""
    host = urllib.parse.urlsplit(endpoint_url).hostname
    if host not in LOOPBACK:
        raise GuardError(f"{endpoint_url} is not on this machine; the embedded AWS listens on 127.0.0.1 only")
    try:
        healthy = '"services"' in _read(urllib.request.Request(f"{endpoint_url}/_ministack/health"))
        account = re.search(r"<Account>(\d+)</Account>", _read(_caller_identity(endpoint_url)))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise GuardError(f"{endpoint_url} does not answer as the embedded AWS ({error}); run make up") from None
    if not healthy or account is None:
        raise GuardError(f"{endpoint_url} does not answer as the embedded AWS; run make up")
    if account[1] != ACCOUNT:
        raise GuardError(f"{endpoint_url} is account {account[1]}, the embedded AWS is {ACCOUNT}; run make up")


def require_real(environ: Mapping[str, str]) -> None:
    """Raise GuardError if the environment points to an emulator instead of an AWS account."""
    endpoints = sorted(name for name in environ if name.startswith("AWS_ENDPOINT_URL"))
    if endpoints:
        raise GuardError(f"{endpoints[0]} is set, so this command would not reach AWS; unset it, or use make up")
    if environ.get("AWS_ACCESS_KEY_ID") == "test":
        raise GuardError("the credentials are those of the embedded AWS; log in to your account, or use make up")


def _caller_identity(endpoint_url: str) -> urllib.request.Request:
    headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/x-www-form-urlencoded"}
    return urllib.request.Request(endpoint_url, b"Action=GetCallerIdentity&Version=2011-06-15", headers)


def _read(request: urllib.request.Request) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    with opener.open(request, timeout=5) as response:
        text: str = response.read().decode("utf-8", errors="replace")
    return text


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects, which could lead off this machine after the host was checked."""

    def redirect_request(self, *_arguments: object) -> None:
        return None
