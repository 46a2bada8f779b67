"""The validation of `make check` fails on a property that a resource type does not have."""

import os
import subprocess
import sys

from tests.validate_templates import PROJECT

BAD = """
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from tests import validate_templates

def build_app(app, config, account):
    s3.CfnBucket(cdk.Stack(app, "Bad"), "Bucket").add_property_override("NoSuchProperty", 1)

validate_templates.build_app = build_app
validate_templates.main()
"""


def run(code: str, validation: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "CDK_VALIDATION": validation}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_property_that_does_not_exist_is_an_error() -> None:
    done = run(BAD, "true")

    assert done.returncode == 1
    assert "NoSuchProperty" in done.stdout + done.stderr


def test_it_fails_if_the_validation_is_disabled() -> None:
    done = run("from tests import validate_templates; validate_templates.main()", "false")

    assert done.returncode == 1
    assert "CDK_VALIDATION must be true" in done.stderr
