"""Errors of the API of fine-tuning: requests that it does not have, and failures of AWS."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import openai
import pytest

from tests.fine_tuning_api.fake_aws import FakeAws


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/fine_tuning/jobs/ftjob-missing", 404),
        ("GET", "/fine_tuning/jobs/..%2F..%2Fdata", 404),
        ("DELETE", "/fine_tuning/jobs", 405),
        ("GET", "/fine_tuning/models", 404),
        ("GET", "/fine_tuning/jobs?metadata[a]=b", 400),
        ("GET", "/files?after=file-0", 400),
        ("GET", "/files?limit=0", 400),
        ("POST", "/fine_tuning/jobs", 400),
    ],
)
def test_other_requests_are_refused_in_the_dialect(url: str, method: str, path: str, status: int) -> None:
    request = Request(url + path, method=method, headers={"Authorization": "Bearer trainer"})

    with pytest.raises(HTTPError) as refused:
        urlopen(request)

    assert refused.value.code == status
    assert set(json.load(refused.value)["error"]) == {"message", "type", "param", "code"}


def test_failures_of_aws_are_not_told(aws: FakeAws, client: openai.OpenAI) -> None:
    aws.errors = {"ListObjectsV2": "SlowDown"}
    with pytest.raises(openai.InternalServerError) as busy:
        client.files.list()
    aws.errors = {"ListObjectsV2": "AccessDenied"}
    with pytest.raises(openai.InternalServerError, match="find the request id") as broken:
        client.files.list()

    assert (busy.value.status_code, broken.value.status_code) == (503, 500)
