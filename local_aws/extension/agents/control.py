"""The control plane of what stacks have made: looks at harnesses and gateways, and deletes them by hand.

https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_GetHarness.html
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from ministack import app

from local_aws.extension.agents import registry
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, refusal

ABSENT = "ResourceNotFoundException"
Query = dict[str, str]
HARNESS_DEFAULTS: dict[str, Any] = {
    "systemPrompt": [],
    "tools": [],
    "skills": [],
    "allowedTools": ["*"],
    "truncation": {"strategy": "sliding_window"},
    "environment": {"agentCoreRuntimeEnvironment": {}},
}


def install() -> None:
    behind = app.SERVICE_HANDLERS["bedrock-agentcore"]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        for wanted, pattern, handler in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == wanted:
                given = {name: value[0] if isinstance(value, list) else value for name, value in (query or {}).items()}
                try:
                    return answer(handler(given, *(unquote(group) for group in match.groups())))
                except BedrockError as error:
                    return refusal(error, 404 if error.code == ABSENT else 400)
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS["bedrock-agentcore"] = handle


def get_harness(query: Query, number: str) -> Any:
    found = _harness(number)
    version = query.get("harnessVersion", found.latest)
    if version not in found.versions:
        raise BedrockError(ABSENT, f"Version {version} of harness {number} was not found")
    given = {name: value for name, value in found.versions[version].items() if name != "tags"}
    record = {**HARNESS_DEFAULTS, **given, **found.record, "harnessVersion": version}
    return {"harness": record}


def list_harnesses(_: Query) -> Any:
    return {"harnesses": [one.record for one in registry.harnesses.values()]}


def list_versions(_: Query, number: str) -> Any:
    found = _harness(number)
    return {"harnessVersions": [{**found.record, "harnessVersion": version} for version in found.versions]}


def delete_harness(_: Query, number: str) -> Any:
    """With its endpoints."""
    record = _harness(number).record
    registry.harnesses.pop(number)
    return {"harness": {**HARNESS_DEFAULTS, **record, "status": "DELETING"}}


def get_endpoint(_: Query, number: str, name: str) -> Any:
    found = _harness(number)
    endpoints = {registry.DEFAULT_ENDPOINT: found.latest, **found.endpoints}
    if name not in endpoints:
        raise BedrockError(ABSENT, f"Endpoint {name} of harness {number} was not found")
    return {"endpoint": _endpoint(found, name, endpoints[name])}


def list_endpoints(_: Query, number: str) -> Any:
    found = _harness(number)
    endpoints = {registry.DEFAULT_ENDPOINT: found.latest, **found.endpoints}
    return {"endpoints": [_endpoint(found, name, version) for name, version in endpoints.items()]}


def get_gateway(_: Query, number: str) -> Any:
    return {name: value for name, value in _gateway(number).record.items() if name != "tags"}


def list_gateways(_: Query) -> Any:
    return {"items": [one.record for one in registry.gateways.values()]}


def list_targets(_: Query, number: str) -> Any:
    return {"items": list(_gateway(number).targets.values())}


def get_target(_: Query, number: str, target: str) -> Any:
    targets = _gateway(number).targets
    if target not in targets:
        raise BedrockError(ABSENT, f"Target {target} of gateway {number} was not found")
    return targets[target]


def delete_gateway(_: Query, number: str) -> Any:
    if _gateway(number).targets:
        raise BedrockError(
            "ValidationException",
            f"Gateway {number} has targets associated with it. Delete all targets before deleting the gateway",
        )
    registry.gateways.pop(registry.last_part(number))
    return {"gatewayId": number, "status": "DELETING"}


def delete_target(_: Query, number: str, target: str) -> Any:
    found = get_target(_, number, target)
    gateway = _gateway(number)
    gateway.targets.pop(target)
    registry.gateways[registry.last_part(number)] = gateway
    return {"gatewayArn": found["gatewayArn"], "targetId": target, "status": "DELETING"}


def _endpoint(harness: registry.Harness, name: str, version: str) -> dict[str, Any]:
    record = harness.record
    kept = {key: record[key] for key in ("harnessId", "harnessName", "status", "createdAt", "updatedAt")}
    arn = f"{record['arn']}/harness-endpoint/{name}"
    return {**kept, "endpointName": name, "arn": arn, "liveVersion": version, "targetVersion": version}


def _harness(number: str) -> registry.Harness:
    found: registry.Harness | None = registry.harnesses.get(registry.last_part(number))
    if found is None:
        raise BedrockError(ABSENT, f"Harness {number} was not found")
    return found


def _gateway(number: str) -> registry.Gateway:
    found = registry.gateway(number)
    if found is None:
        raise BedrockError(ABSENT, f"Gateway {number} was not found")
    return found


ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/harnesses", list_harnesses),
    ("GET", "/harnesses/([^/]+)", get_harness),
    ("DELETE", "/harnesses/([^/]+)", delete_harness),
    ("GET", "/harnesses/([^/]+)/versions", list_versions),
    ("GET", "/harnesses/([^/]+)/endpoints", list_endpoints),
    ("GET", "/harnesses/([^/]+)/endpoints/([^/]+)", get_endpoint),
    ("GET", "/gateways/?", list_gateways),
    ("GET", "/gateways/([^/]+)/?", get_gateway),
    ("DELETE", "/gateways/([^/]+)/?", delete_gateway),
    ("GET", "/gateways/([^/]+)/targets/?", list_targets),
    ("GET", "/gateways/([^/]+)/targets/([^/]+)/?", get_target),
    ("DELETE", "/gateways/([^/]+)/targets/([^/]+)/?", delete_target),
)
