"""The section says loudly whose calls it writes down, and takes what CloudWatch Logs and Bedrock take."""

from typing import Any

import pytest
from pydantic import ValidationError

from deployment.checks.invocation_logging import invocation_logging_warnings
from deployment.config import DeploymentConfig


def config(**section: Any) -> DeploymentConfig:
    head = {"deployment": {"name": "shop", "region": "us-east-1"}}
    return DeploymentConfig.model_validate(head | {"invocation_logging": section})


def test_the_warning_names_places_days_and_the_whole_account() -> None:
    both = config(destinations=["s3", "cloudwatch-logs"], data=["text", "image"], retention_days=30)
    (warning,) = invocation_logging_warnings(both)

    assert (
        "text, image of every prompt and answer are written to S3 and CloudWatch Logs and kept for 30 days" in warning
    )
    assert "ALL Bedrock calls of the account in us-east-1" in warning
    head = {"deployment": {"name": "shop", "region": "us-east-1"}}
    assert list(invocation_logging_warnings(DeploymentConfig.model_validate(head))) == []


@pytest.mark.parametrize(
    "wrong", [{"retention_days": 31}, {"destinations": []}, {"data": ["text", "text"]}, {"destinations": ["kinesis"]}]
)
def test_what_aws_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(**wrong)


def test_its_key_is_one_of_the_deployments() -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/a"
    assert config(kms_key_arn=key).kms_keys == {"invocation_logging.kms_key_arn": key}
