"""`kit pipeline smoke` asks what answers with text, and each knowledge base; no answer is exit code 1."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from deployment.config import load_deployment_config
from kit.pipeline import smoke
from kit.pipeline.smoke import Api, asked_aliases, connect
from kit_contract.errors import ExternalError, InputError

FILE = """
[deployment]
name = "support"
region = "us-east-1"
[inference_api]
[inference_api.aliases.bot]
model = "amazon.nova-micro-v1:0"
[inference_api.aliases.embeddings]
model = "amazon.titan-embed-text-v2:0"
"""
OUTPUTS = {"ApiUrl": "https://x.example.com/prod/", "ApiKeySecretArn": "arn", "ApiId": "x", "ApiStage": "prod"}
KEY = "a-key-of-thirty-characters-000"


class Account:
    """`secret`: the value of the API's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self.meta = type("Meta", (), {"endpoint_url": "https://sts.amazonaws.com"})

    def client(self, service: str) -> Any:
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        return {"SecretString": self._secret}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "deployment.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.delenv("API_KEY", raising=False)
    monkeypatch.setattr(smoke, "stack_outputs", lambda client, stack: OUTPUTS)
    monkeypatch.setattr(smoke, "require_real", lambda environ: None)
    monkeypatch.setattr(smoke, "Account", lambda profile, region: Account(KEY))
    return tmp_path / "deployment.toml"


def options(file: Path) -> argparse.Namespace:
    return argparse.Namespace(config=file, environment=None, question="?", questions=None)


def test_an_alias_of_embeddings_is_not_asked(file: Path) -> None:
    assert asked_aliases(load_deployment_config(file)) == ["bot"]


def test_the_key_that_the_stack_made_is_used_and_one_of_the_environment_first(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_deployment_config(file)
    account: Any = Account(KEY)

    assert connect(config, account) == Api("https://x.example.com/prod/v1", KEY)
    monkeypatch.setenv("API_KEY", "mine")
    assert connect(config, account).key == "mine"


def test_without_a_key_that_can_be_read_it_says_which_one_to_set(file: Path) -> None:
    account: Any = Account("")
    with pytest.raises(InputError, match="set API_KEY to a key of the API"):
        connect(load_deployment_config(file), account)


@pytest.mark.parametrize("fails", [True, False])
def test_no_answer_is_exit_code_1(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fails: bool
) -> None:
    def post(self: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if fails:
            raise ExternalError("503: busy")
        return {"choices": [{"message": {"content": "Yes"}}], "served_by": {"target": "amazon.nova-micro-v1:0"}}

    monkeypatch.setattr(Api, "post", post)

    assert smoke.run(options(file)) == int(fails)
    said = capsys.readouterr().out
    assert ("NO ANSWER  alias bot: 503: busy" in said) == fails
    assert ("answered   alias bot: 'Yes', by amazon.nova-micro-v1:0" in said) != fails
