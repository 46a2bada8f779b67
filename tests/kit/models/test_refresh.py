"""`kit models refresh`: the difference on standard output, failures on standard error, a dry run writes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.stub import Stubber

from kit.__main__ import main
from tests.model_catalog.listed_account import KEYS, MICRO, Account, summary
from tests.model_catalog.small_catalog import small_catalog


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    with small_catalog(tmp_path) as folder:
        yield folder


def test_the_command_shows_the_difference_and_with_dry_run_writes_nothing(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = Account()
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND")])
    account.prices()
    before = (files / "api_listing.json").read_bytes()

    class Session:
        def client(self, service: str, region_name: str) -> Any:
            return account(service, region_name)

    with patch("boto3.Session", Session):
        code = main(["models", "refresh", "--regions", "us-east-1", "--dry-run"])

    assert code == 0
    assert "- model old.gone" in capsys.readouterr().out
    assert (files / "api_listing.json").read_bytes() == before


def test_the_account_s_regions_are_those_enabled_that_have_bedrock(capsys: pytest.CaptureFixture[str]) -> None:
    stub = Stubber(boto3.client("ec2", region_name="us-east-1", **KEYS))
    stub.add_client_error("describe_regions", "UnauthorizedOperation", "no")
    stub.activate()

    class Session:
        region_name = None

        def client(self, _service: str, region_name: str) -> Any:
            assert region_name == "us-east-1"
            return stub.client

    with patch("boto3.Session", Session):
        assert main(["models", "refresh"]) == 2

    assert "name them with --regions" in capsys.readouterr().err
