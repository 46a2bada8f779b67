"""The project's deployment.toml, which you edit: that it can be deployed. Other tests use tests/shipped.toml."""

import pytest

from deployment.checks.check_deployment import check_deployment
from deployment.config import load_deployment_config
from tests.deployment_file import PROJECT, SHIPPED

FILE = PROJECT / "deployment.toml"


def test_it_can_be_deployed() -> None:
    check_deployment(load_deployment_config(FILE), FILE.name)


def test_the_tests_use_the_file_as_it_is_shipped() -> None:
    if FILE.read_text(encoding="utf-8") != SHIPPED:
        pytest.skip("deployment.toml was edited; if that is what the project ships now, copy it to tests/shipped.toml")
