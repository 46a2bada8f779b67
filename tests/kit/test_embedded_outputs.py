"""`--local` asks the deployment that the command names, and without a name the last one of `kit local up`."""

import json
from pathlib import Path

import pytest

from kit import embedded_outputs
from kit.deployment_arguments import CONFIG
from kit_contract.errors import ExternalError

FILE = """
[deployment]
name = "shop"
region = "us-west-2"
[environments.dev]
[environments.prod]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    outputs = {"endpoint_url": "http://127.0.0.1:1", "region": "us-east-1", "deployment": "shop-prod"}
    (tmp_path / "outputs.json").write_text(json.dumps({**outputs, "api_url": "http://url", "api_key": "key"}))
    monkeypatch.setattr(embedded_outputs, "OUTPUTS", tmp_path / "outputs.json")
    monkeypatch.setattr(embedded_outputs, "require_embedded", lambda url: None)
    found = tmp_path / "shop.toml"
    found.write_text(FILE)
    return found


@pytest.mark.parametrize(
    ("environment", "deployment", "region"),
    [(None, "shop-prod", "us-east-1"), ("dev", "shop-dev", "us-west-2"), ("prod", "shop-prod", "us-west-2")],
)
def test_a_named_environment_is_asked(file: Path, environment: str | None, deployment: str, region: str) -> None:
    found = embedded_outputs.embedded_outputs(file if environment else CONFIG, environment)

    assert (found.deployment, found.session.region_name) == (deployment, region)


def test_the_api_of_another_deployment_than_the_last_is_not_asked(file: Path) -> None:
    assert embedded_outputs.embedded_api(file, "prod") == ("http://url", "key")
    with pytest.raises(ExternalError, match="was of shop-prod, and shop-dev was named"):
        embedded_outputs.embedded_api(file, "dev")
