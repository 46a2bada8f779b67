"""A deploy to an account is refused where a variable or the AWS configuration leads to an emulator."""

from pathlib import Path

import pytest

from local_aws.guard import GuardError, require_real

LOCAL = "http://127.0.0.1:4566"


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path / "config"


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_BEDROCK_AGENT"])
@pytest.mark.parametrize(
    "url", [LOCAL, "http://localhost:1", "http://[::1]:1", "http://localstack:4566", "", "http://[x"]
)
def test_a_variable_is_named(configured: Path, name: str, url: str) -> None:
    with pytest.raises(GuardError, match=f"^{name} is set to .* so this command would not reach AWS; unset it"):
        require_real({name: url})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[default]\nendpoint_url = {LOCAL}\n", f"profile default: endpoint_url is {LOCAL}"),
        (
            f"[default]\nservices = mine\n[services mine]\ns3 =\n  endpoint_url = {LOCAL}\n",
            f"profile default: services mine: s3.endpoint_url is {LOCAL}",
        ),
    ],
)
def test_a_setting_is_named_with_its_file_and_profile(configured: Path, text: str, said: str) -> None:
    configured.write_text(text, encoding="utf-8")

    with pytest.raises(GuardError) as refused:
        require_real({})

    assert str(configured) in str(refused.value)
    assert said in str(refused.value)


def test_another_profile_may_lead_to_an_emulator(configured: Path) -> None:
    configured.write_text(f"[default]\nregion = us-east-1\n[profile dev]\nendpoint_url = {LOCAL}\n", encoding="utf-8")

    require_real({})
    with pytest.raises(GuardError, match="profile dev: endpoint_url"):
        require_real({}, profile="dev")


def test_the_credentials_of_the_embedded_aws_are_found_in_a_file(configured: Path) -> None:
    configured.with_name("credentials").write_text("[default]\naws_access_key_id = test\n", encoding="utf-8")

    with pytest.raises(GuardError, match="credentials are those of the embedded AWS"):
        require_real({})
    require_real({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"})


def test_addresses_of_aws_are_accepted(configured: Path) -> None:
    vpc = "https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com"
    configured.write_text(
        f"[default]\nservices = vpc\n[services vpc]\ns3 =\n  endpoint_url = {vpc}\n", encoding="utf-8"
    )

    require_real({"AWS_ENDPOINT_URL_S3": vpc, "AWS_ENDPOINT_URL_LAMBDA": "https://lambda.us-east-1.api.aws"})
    with pytest.raises(GuardError):
        require_real({"AWS_ENDPOINT_URL_S3": "https://amazonaws.com.example"})
