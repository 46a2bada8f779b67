"""The clients that every purchase and release works with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Clients:
    bedrock: "BedrockClient"
    ssm: "SSMClient"
    quotas: "ServiceQuotasClient"
