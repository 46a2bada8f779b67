"""Signatures held against botocore's."""

import datetime
from unittest import mock
from urllib.parse import quote

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_api.aws.signature import Credentials, Scope, signed

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
credentials = st.builds(
    Credentials,
    st.from_regex(r"[A-Z0-9]{16,20}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9+/]{40}", fullmatch=True),
    st.none() | st.from_regex(r"[A-Za-z0-9+/=]{1,400}", fullmatch=True),
)
scopes = st.builds(
    Scope, st.sampled_from(["bedrock", "ssm", "secretsmanager"]), st.sampled_from(["us-east-1", "eu-west-3"])
)
segments = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: set(text) != {"."}
)


@settings(deadline=None)
@given(
    segments=st.lists(segments, min_size=1, max_size=3),
    query=st.dictionaries(st.sampled_from(["harnessArn", "qualifier"]), segments),
    body=st.binary(max_size=200),
    scope=scopes,
    given_credentials=credentials,
    target=st.none() | printable.filter(str.strip),
    now=st.integers(min_value=0, max_value=4_000_000_000),
)
def test_botocore_signs_the_same(
    segments: list[str],
    query: dict[str, str],
    body: bytes,
    scope: Scope,
    given_credentials: Credentials,
    target: str | None,
    now: int,
) -> None:
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    if query:
        path += "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(query.items()))
    headers = {"host": "bedrock-runtime.us-east-1.amazonaws.com", "content-type": "application/json"}
    if target is not None:
        headers["x-amz-target"] = target

    ours = signed(headers, path=path, body=body, scope=scope, credentials=given_credentials, now=now)

    assert ours["authorization"] == authorization(headers, path, body, scope, given_credentials, now)


def authorization(
    headers: dict[str, str], path: str, body: bytes, scope: Scope, given_credentials: Credentials, now: int
) -> str:
    request = botocore.awsrequest.AWSRequest(
        method="POST", url=f"https://{headers['host']}{path}", headers=dict(headers), data=body
    )
    signer = botocore.auth.SigV4Auth(
        botocore.credentials.Credentials(**vars(given_credentials)), scope.service, scope.region
    )
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    with mock.patch("botocore.auth.get_current_datetime", return_value=moment.replace(tzinfo=None)):
        signer.add_auth(request)
    return str(request.headers["Authorization"])
