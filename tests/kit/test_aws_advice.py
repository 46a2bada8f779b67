"""How commands fail against a real account: one line that says what to do, and exit code 1."""

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import botocore.exceptions as errors
import pytest
from botocore.exceptions import ClientError

from kit.__main__ import explain
from kit.aws_advice import ADVICE, CHECK, advice_for
from kit_contract.places import PROJECT

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
SSO = """[default]
region = us-east-1
sso_session = team
sso_account_id = 111122223333
sso_role_name = Developer
[sso-session team]
sso_region = us-east-1
sso_start_url = https://team.awsapps.example/start
sso_registration_scopes = sso:account:access
"""


def failure(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetCallerIdentity")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (failure("ExpiredToken"), "your session has expired; log in again: aws sso login"),
        (failure("ExpiredTokenException"), "your session has expired"),
        (
            failure("InvalidClientTokenId"),
            "AWS does not know these credentials (a deleted key, or an old AWS_SESSION_TOKEN beside new keys)",
        ),
        (failure("UnrecognizedClientException"), "AWS does not know these credentials"),
        (failure("SignatureDoesNotMatch"), "set the clock"),
        (failure("AccessDenied"), CHECK),
        (errors.NoCredentialsError(), "you are not logged in"),
        (errors.NoRegionError(), "name the region with --region, AWS_DEFAULT_REGION"),
        (errors.EndpointConnectionError(endpoint_url="https://sts"), "AWS was not reached; check the network"),
        (errors.ConnectTimeoutError(endpoint_url="https://sts"), "AWS was not reached"),
        (
            errors.SSLError(endpoint_url="https://sts", error=ValueError("self-signed")),
            "the certificate was refused; set AWS_CA_BUNDLE",
        ),
        (failure("ValidationException"), "correct what the message names"),
        (errors.ParamValidationError(report='unknown parameter "bad"'), "correct what the message names"),
        (failure("NoSuchBucket"), "correct the bucket's name"),
        (errors.UnauthorizedSSOTokenError(), "your session has ended"),
    ],
)
def test_each_failure_has_its_way_on(error: Exception, advice: str) -> None:
    text, code = explain(error, "kit reap", Namespace())

    assert code == 1
    assert text.startswith("kit reap: ")
    assert f"; {advice}" in text
    assert "\n" not in text


def test_the_names_of_exceptions_are_those_of_botocore() -> None:
    exceptions = [name for name in ADVICE if name.endswith("Error") or hasattr(errors, name)]

    assert [name for name in exceptions if not hasattr(errors, name)] == []


def test_a_bug_of_ours_has_no_advice() -> None:
    with pytest.raises(ValueError, match="many"):
        explain(ValueError("many"), "kit reap", Namespace())
    assert advice_for(ValueError("many")) == CHECK


COMMANDS = [["reap"], ["capacity"], ["deploy"]]
CASES = [
    ({}, None, "you are not logged in; log in again"),
    ({"AWS_PROFILE": "absent"}, None, "choose one that aws configure list-profiles shows"),
    ({**KEYS, "HTTPS_PROXY": "http://127.0.0.1:9"}, None, "HTTPS_PROXY names a proxy that does not answer"),
    ({}, SSO, "your session has ended; log in again"),
    ({}, "[[nonsense", "correct ~/.aws/config, or the file that AWS_CONFIG_FILE names"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_the_real_commands_fail_in_one_line(tmp_path: Path, command: list[str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own_attempts = command != ["capacity"]  # the others have clients with a number of attempts of their own
    number = ({**KEYS, "AWS_MAX_ATTEMPTS": "many"}, None, "a setting of AWS is not a number")
    for given, config, advice in CASES if own_attempts else [*CASES, number]:
        (tmp_path / "config").write_text(config or "[default]\nregion = us-east-1\n", encoding="utf-8")
        files = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
        home = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}

        done = subprocess.run(
            [sys.executable, "-m", "kit", *command],
            cwd=PROJECT,
            env={**kept, **files, **home, **given},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert (done.returncode, done.stderr.count("\n"), done.stdout) == (1, 1, ""), (given, done.stderr)
        assert advice in done.stderr
