"""Keeps commands for the embedded AWS and commands for AWS accounts apart."""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping

from kit_contract.errors import ExternalError
from local_aws.emulator import ACCOUNT

LOOPBACK = ("127.0.0.1", "localhost", "::1")
AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws", ".api.amazonwebservices.com.cn")
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


def require_real(environ: Mapping[str, str], *, profile: str | None = None) -> None:
    """Raise GuardError if a variable, or the AWS configuration of `profile`, points to an emulator instead of AWS.

    Addresses of AWS, such as those of VPC endpoints, are accepted. Raises botocore's errors about the configuration.
    """
    for name in sorted(name for name in environ if name.startswith("AWS_ENDPOINT_URL")):
        if not _is_of_aws(environ[name]):
            given = f"{name} is set to {environ[name]}"
            raise GuardError(f"{given}, so this command would not reach AWS; unset it, or use make up")
    key = environ.get("AWS_ACCESS_KEY_ID")
    for setting, value in _configured(profile):
        if setting.endswith("endpoint_url") and not _is_of_aws(value):
            given = f"{setting} is {value}"
            raise GuardError(f"{given}, so this command would not reach AWS; remove it, or use another profile")
        if setting.endswith("aws_access_key_id"):
            key = key or value
    if key == "test":
        raise GuardError("the credentials are those of the embedded AWS; log in to your account, or use make up")


def _configured(profile: str | None) -> Iterator[tuple[str, str]]:
    """The settings of the profile and of its `services` section, as botocore finds and reads them, with their place."""
    from botocore.session import Session

    session = Session(profile=profile)
    scoped, full = session.get_scoped_config(), session.full_config
    files = " or ".join(str(session.get_config_variable(name)) for name in ("config_file", "credentials_file"))
    place = f"{files}, profile {session.profile or 'default'}:"
    yield from ((f"{place} {name}", value) for name, value in scoped.items() if isinstance(value, str))
    section = scoped.get("services")
    for service, settings in full.get("services", {}).get(section, {}).items():
        if isinstance(settings, dict):
            yield from ((f"{place} services {section}: {service}.{name}", value) for name, value in settings.items())


def _is_of_aws(url: str) -> bool:
    try:
        host = urllib.parse.urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.endswith(AWS_DOMAINS)


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
