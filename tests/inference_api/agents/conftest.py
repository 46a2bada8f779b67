"""The API with an agent whose tool `create-ticket` needs approval."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from inference_api.agents import conversation
from kit_contract.inference_api import Agent
from tests.inference_api.conftest import REGION, Api
from tests.inference_api.harness_calls import SECRET

HARNESS_ARN = f"arn:aws:bedrock-agentcore:{REGION}:111122223333:harness/support_assistant__support-Ab12Cd34Ef"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:111122223333:function:create-ticket"
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:111122223333:secret:approvals"
PATH = "/v1/agents/support/invoke"


class AgentApi:
    """`ask`: a request with `key_name`'s key."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.clients = api.clients
        self.clients.secrets[SECRET_ARN] = SECRET
        self.clients.functions[FUNCTION_ARN] = {"ticket": "T-1"}
        agents = {"support": Agent(HARNESS_ARN, {"create-ticket": FUNCTION_ARN}), "sales": Agent(HARNESS_ARN)}
        api.settings = api.settings._replace(agents=agents, approval_secret_arn=SECRET_ARN)
        api.configure(["base"])

    def ask(self, path: str = PATH, key_name: str = "default", **body: Any) -> tuple[int, dict[str, Any]]:
        status, _, content = self.raw(body, path, key_name)
        return status, json.loads(content)

    def raw(self, body: Any, path: str = PATH, key_name: str = "default") -> tuple[int, Mapping[str, str], bytes]:
        return self.api.raw("POST", path, json.dumps(body).encode(), key_name=key_name)


@pytest.fixture
def agents(api: Api) -> AgentApi:
    conversation._keys.clear()
    return AgentApi(api)
