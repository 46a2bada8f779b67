"""The key with which `make up` asks its questions: one that is valid, whatever `kit keys` has changed."""

from pathlib import Path

import pytest

from kit.local.stacks import LocalStacks
from kit.progress import Progress
from kit_contract.api_keys import api_key, write_managed
from kit_contract.errors import ExternalError
from tests.kit.keys.fake_aws import ARN, DEFAULT, FakeAws

NEW, OTHER = "n" * 40, "o" * 40
OUTPUTS = {"sup-inference-api": {"ApiId": "api1", "ApiStage": "prod", "ApiKeySecretArn": ARN}}


@pytest.mark.parametrize(
    ("current", "managed", "last", "key"),
    [
        (DEFAULT, None, None, DEFAULT),
        (DEFAULT, None, "of an embedded AWS that is gone", DEFAULT),
        ('{"keys": {"web": "' + OTHER + '"}}', None, None, OTHER),
        (DEFAULT, {"default": DEFAULT, "web": OTHER}, None, DEFAULT),
        (DEFAULT, {"default": NEW}, NEW, NEW),
        (DEFAULT, {"default": NEW}, DEFAULT, None),
        (DEFAULT, {"web": OTHER}, DEFAULT, None),
    ],
)
def test_a_valid_key_is_used(
    tmp_path: Path, current: str, managed: dict[str, str] | None, last: str | None, key: str | None
) -> None:
    aws = FakeAws(current)
    if managed is not None:
        aws.labels["BEDROCK_KIT_KEYS"] = "m" * 32
        aws.versions["m" * 32] = write_managed({name: api_key(value, usage="u") for name, value in managed.items()})
    stacks = LocalStacks(region="us-east-1", state=tmp_path, port=None, progress=Progress(total=1))
    stacks.environment = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    stacks.clients = aws.client  # type: ignore[assignment]

    if key is None:
        with pytest.raises(ExternalError, match="kit keys rotate default, or kit keys add default"):
            stacks.api(OUTPUTS, last)
        return
    assert stacks.api(OUTPUTS, last).key == key
