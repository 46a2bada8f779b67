"""Service Quotas: every code of Bedrock's model units allows what the fake of Bedrock allows in all."""

from collections.abc import Mapping
from typing import Any

from tests.cloudformation_harness.capacity import Settings


class ServiceQuotas:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def get_service_quota(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"Quota": {"QuotaCode": given["QuotaCode"], "Value": float(self._settings.unit_quota)}}
