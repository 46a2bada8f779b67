"""CloudFormation's request: its token, and when it was sent."""

from custom_resources.framework.request import Request, signed_at
from tests.custom_resources.aws import event


def test_the_token_depends_on_the_url_because_a_second_deploy_has_the_same_request_id() -> None:
    first = Request.from_event(event("Create", {}))
    again = Request.from_event(event("Create", {}, ResponseURL="https://other.example"))

    assert first.request_id == again.request_id
    assert first.token != again.token
    assert first == Request.from_event(event("Create", {}))


def test_the_time_of_a_request_is_in_its_signed_url() -> None:
    assert signed_at("https://s3.example/a?X-Amz-Date=20260102T030405Z&X-Amz-Expires=7200") == 1767323045.0
    assert signed_at("https://s3.example/a?X-Amz-Date=yesterday") is None
    assert signed_at("http://127.0.0.1/a") is None
