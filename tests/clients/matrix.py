"""The clients, and how each is run: in the tests' process, in the environment of the Python clients, or with Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.clients import capabilities
from tests.clients.capabilities import CAPABILITIES, KEY, Capability
from tests.clients.run_client import outcomes
from tests.clients.servers import Api
from tests.clients.streams import APART_SECONDS

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "tests" / "clients"
KIT, PYTHON, NPM = "kit", ".local/clients-venv", ".local/clients-npm"
LOCK_FILES = {
    KIT: ("requirements-dev.txt", "requirements.txt"),
    PYTHON: ("tests/clients/requirements.txt",),
    NPM: ("tests/clients/npm/package-lock.json",),
}
SECONDS = 300
# Nothing of the reader's shell, and no call to anything but the API.
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "NO_PROXY": "127.0.0.1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_REGION": "us-east-1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "OTEL_SDK_DISABLED": "true",
    "LANGSMITH_TRACING": "false",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
}


class Client(NamedTuple):
    """`package` names its version. `module`: in adapters/ or npm/."""

    package: str
    dialect: str
    module: str
    environment: str

    @property
    def quick(self) -> bool:
        return self.environment == KIT

    @property
    def version(self) -> str:
        for file in LOCK_FILES[self.environment]:
            if self.package in (found := _versions(file)):
                return found[self.package]
        raise ValueError(f"{self.package} is in none of {', '.join(LOCK_FILES[self.environment])}")


CHAT, RESPONSES, MESSAGES, CONVERSE = "chat completions", "responses", "messages", "Converse"
SIGNED = "Converse with IAM"
CLIENTS = (
    Client("openai", CHAT, "openai_chat", KIT),
    Client("openai", RESPONSES, "openai_responses", KIT),
    Client("anthropic", MESSAGES, "anthropic_messages", KIT),
    Client("boto3", CONVERSE, "boto3_converse", KIT),
    Client("boto3", SIGNED, "boto3_converse_iam", KIT),
    Client("langchain-openai", CHAT, "langchain_openai_chat", PYTHON),
    Client("langchain-openai", RESPONSES, "langchain_openai_responses", PYTHON),
    Client("langchain-anthropic", MESSAGES, "langchain_anthropic_messages", PYTHON),
    Client("langchain-aws", CONVERSE, "langchain_aws_converse", PYTHON),
    Client("langchain-aws", SIGNED, "langchain_aws_converse_iam", PYTHON),
    Client("litellm", CHAT, "litellm_openai", PYTHON),
    Client("litellm", MESSAGES, "litellm_anthropic", PYTHON),
    Client("litellm", CONVERSE, "litellm_bedrock", PYTHON),
    Client("llama-index-llms-openai-like", CHAT, "llama_index_openai_chat", PYTHON),
    Client("llama-index-llms-bedrock-converse", CONVERSE, "llama_index_bedrock_converse", PYTHON),
    Client("openai-agents", CHAT, "openai_agents_chat", PYTHON),
    Client("openai-agents", RESPONSES, "openai_agents_responses", PYTHON),
    Client("pydantic-ai-slim", CHAT, "pydantic_ai_openai_chat", PYTHON),
    Client("pydantic-ai-slim", RESPONSES, "pydantic_ai_openai_responses", PYTHON),
    Client("pydantic-ai-slim", MESSAGES, "pydantic_ai_anthropic_messages", PYTHON),
    Client("pydantic-ai-slim", CONVERSE, "pydantic_ai_bedrock", PYTHON),
    Client("strands-agents", CHAT, "strands_openai_chat", PYTHON),
    Client("strands-agents", RESPONSES, "strands_openai_responses", PYTHON),
    Client("strands-agents", MESSAGES, "strands_anthropic_messages", PYTHON),
    Client("strands-agents", CONVERSE, "strands_bedrock", PYTHON),
    Client("openai", CHAT, "openai_chat", NPM),
    Client("openai", RESPONSES, "openai_responses", NPM),
    Client("@anthropic-ai/sdk", MESSAGES, "anthropic_messages", NPM),
    Client("@ai-sdk/openai", RESPONSES, "ai_sdk_openai_responses", NPM),
    Client("@ai-sdk/anthropic", MESSAGES, "ai_sdk_anthropic", NPM),
    Client("@ai-sdk/openai", CHAT, "ai_sdk_openai_chat", NPM),
    Client("@ai-sdk/openai-compatible", CHAT, "ai_sdk_openai_compatible", NPM),
    Client("@ai-sdk/amazon-bedrock", CONVERSE, "ai_sdk_bedrock", NPM),
)


def run(client: Client, api: Api) -> dict[str, dict[str, Any]]:
    """Capability -> its outcome, as in run_client.py. Raises FileNotFoundError without the client's environment."""
    if client.quick:
        return outcomes(client.module, api.url)
    if not (PROJECT / client.environment / "complete").is_file():
        raise FileNotFoundError(f"{client.environment} is not complete; run make test-nightly, which makes it")
    if client.environment == PYTHON:
        program = PROJECT / PYTHON / "bin" / "python"
        return _last_line([program, "-m", "tests.clients.run_client", client.module, api.url], PROJECT)
    for path in (FOLDER / "npm").glob("*.mjs"):  # Node finds packages beside the program only
        shutil.copy(path, PROJECT / NPM)
    names = [capability.name for capability in CAPABILITIES]
    given = {"url": api.url, "key": KEY, "names": names, "APART_SECONDS": APART_SECONDS, **_constants()}
    return _last_line(["node", f"{client.module}.mjs", json.dumps(given)], PROJECT / NPM)


def wrong(capability: Capability, outcome: dict[str, Any]) -> str | None:
    """What is wrong with an outcome, None if nothing is."""
    if "n/a" in outcome or outcome.get("value") == capability.expected:
        return None
    return outcome.get("failure") or f"expected {capability.expected!r}, got {outcome['value']!r}"


def _last_line(command: list[Any], folder: Path) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    if done.returncode:
        raise RuntimeError(f"{command[-2]} ended with {done.returncode}: {done.stderr}")
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _constants() -> dict[str, Any]:
    return {name: value for name, value in vars(capabilities).items() if name.isupper() and name != "CAPABILITIES"}


@cache
def _versions(file: str) -> dict[str, str]:
    text = (PROJECT / file).read_text(encoding="utf-8")
    if file.endswith(".txt"):
        return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE))
    return {
        path.removeprefix("node_modules/"): package.get("version", "")
        for path, package in json.loads(text)["packages"].items()
    }
