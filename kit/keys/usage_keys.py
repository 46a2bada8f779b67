"""Keys in API Gateway: one for each name, so that the usage plan's rate and quota count each name by itself.

Nobody sends their values: the authorizer names the one to count, because the API's key source is AUTHORIZER.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from kit_contract.tags import DEPLOYMENT_TAG


@dataclass(frozen=True)
class UsageKey:
    id: str
    value: str


class UsageKeys:
    def __init__(self, client: Any, usage_plan_id: str, kit_deployment: str) -> None:
        self._client = client
        self._usage_plan_id = usage_plan_id
        self._kit_deployment = kit_deployment

    def create(self, name: str) -> UsageKey:
        value = secrets.token_hex(20)
        made = self._client.create_api_key(
            name=f"{self._kit_deployment}-{name}",
            description=f"{self._kit_deployment}: counts the requests of {name} (kit keys)",
            enabled=True,
            value=value,
            tags={DEPLOYMENT_TAG: self._kit_deployment},
        )
        key = UsageKey(made["id"], value)
        try:
            self._client.create_usage_plan_key(usagePlanId=self._usage_plan_id, keyId=key.id, keyType="API_KEY")
        except self._client.exceptions.ClientError:
            self.delete(key.id)
            raise
        return key

    def delete(self, key_id: str) -> None:
        try:
            self._client.delete_api_key(apiKey=key_id)
        except self._client.exceptions.NotFoundException:
            return
