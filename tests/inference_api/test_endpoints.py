"""What a cold start imports, and that each endpoint can be imported."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bedrock_constructs.lambda_functions.sources import source_files
from inference_api.routes import ROUTES
from kit_contract.places import PROJECT

LOADED = """
import json, sys
before = set(sys.modules)
import {module}
print(json.dumps(sorted(set(sys.modules) - before)))
"""
SLOW = {
    "asyncio",
    "boto3",
    "botocore",
    "dataclasses",
    "email",
    "http.client",
    "inspect",
    "logging",
    "pathlib",
    "random",
}
SLOW |= {"traceback", "urllib.parse", "uuid"}


def loaded(module: str) -> set[str]:
    """What a new process imports with `module`."""
    program = LOADED.format(module=module)
    paths = f"{PROJECT / 'lambda'}:{PROJECT}"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {paths.split(':')!r}\n{program}"],
        check=True,
        stdout=subprocess.PIPE,
    )
    return set(json.loads(run.stdout))


@pytest.mark.parametrize("path", ROUTES)
def test_the_endpoint_of_each_route_can_be_imported(path: str) -> None:
    assert callable(ROUTES[path].endpoint())


def test_the_authorizer_imports_next_to_nothing() -> None:
    found = loaded("inference_api.authorizer")

    assert not found & (SLOW | {"typing", "inference_api.aws.client", "inference_api.errors", "inference_api.routes"})
    ours = {name for name in found if name.startswith(("inference_api.", "kit_contract."))}
    assert len(ours) < 20


def test_a_cold_start_imports_tls_and_one_dialect() -> None:
    found = loaded("inference_api.handler")

    assert not found & SLOW
    assert {"ssl", "inference_api.openai_chat.endpoint"} <= found
    for others in (
        "agents",
        "anthropic_messages",
        "bedrock_converse",
        "openai_embeddings",
        "openai_responses",
        "openapi",
    ):
        assert not [name for name in found if name.startswith(f"inference_api.{others}.")]
    rare = (
        "agent_calls",
        "bucket_media",
        "description",
        "event_stream",
        "grounded_answers",
        "knowledge_search",
        "media",
        "retrieval",
    )
    assert not found & {f"inference_api.{name}" for name in (*rare, "prompt_caching", "structured_answers")}


def test_what_is_imported_later_is_in_the_zip() -> None:
    files = source_files("inference_api.handler")

    for module in {ROUTES[path].endpoint().__module__ for path in ROUTES}:
        assert f"{module.replace('.', '/')}.py" in files
    for name in (
        "agent_calls",
        "agents/as_model",
        "bucket_media",
        "cors",
        "knowledge_search",
        "prompt_caching",
        "structured_answers",
        "openai_chat/media",
    ):
        assert f"inference_api/{name}.py" in files
