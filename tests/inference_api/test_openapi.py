"""The description at /openapi.json: made from the code, valid, and true of what the routes accept and refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedrock_constructs.inference_api.description import description_file
from inference_api import description
from inference_api import handler as edge
from inference_api.http_messages import Request
from inference_api.openapi.document import document, methods_of, text
from inference_api.openapi.schemas import request
from inference_api.routes import ROUTES, respond
from tests.inference_api.described_server import lenient_service
from tests.synthesized import PROJECT

DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]
SERVICE = lenient_service()
BODIES = {
    path: (operation["post"]["requestBody"]["content"]["application/json"])
    for path, operation in DOCUMENT["paths"].items()
    if "example" in operation.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
}


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def send(path: str, body: object) -> tuple[int, Any]:
    path = path.replace("{alias}", "support-bot").replace("{agent}", "support")
    answer, _ = respond(Request("POST", path, json.dumps(body).encode(), key_name="default"), SERVICE)
    content = b"".join(answer.body)
    return answer.status, json.loads(content) if answer.headers["Content-Type"] == "application/json" else None


def message(body: Any) -> str:
    return str((body.get("error") or body)["message"])


def test_docs_have_the_description_that_the_code_makes() -> None:
    how = "run PYTHONPATH=lambda .venv/bin/python -m inference_api.openapi.document > docs/openapi.json"
    assert (PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8") == text(), how


def test_every_route_is_described_and_nothing_else() -> None:
    described = {path: set(operations) for path, operations in DOCUMENT["paths"].items()}

    assert described == {path: set(methods_of(route)) for path, route in ROUTES.items()}
    posts = {path for path, route in ROUTES.items() if route.method == "POST" and "invoke" not in path}
    assert posts <= BODIES.keys(), "give each body an example"


def test_a_field_that_is_not_described_is_an_error() -> None:
    with pytest.raises(ValueError, match="these differ: b"):
        request(("a", "b"), {"a": {}})


@pytest.mark.parametrize("path", BODIES)
def test_the_fields_are_those_that_the_route_takes(path: str) -> None:
    schema = resolved(BODIES[path]["schema"])

    status, body = send(path, {**BODIES[path]["example"], "zzz": 1})

    assert status == 400
    taken = message(body).partition("use only ")[2].split(", ")
    assert set(taken) == set(schema["properties"])


@pytest.mark.parametrize("path", BODIES)
def test_examples_are_answered_as_described(path: str) -> None:
    responses = DOCUMENT["paths"][path]["post"]["responses"]

    status, body = send(path, BODIES[path]["example"])

    assert status == 200
    content = responses["200"]["content"]
    if body is not None:
        schema = {**content["application/json"]["schema"], "components": DOCUMENT["components"]}
        jsonschema.Draft202012Validator(schema).validate(body)


def limits() -> Iterator[tuple[str, str, Any, bool]]:
    """Path, field, value, and whether the description allows it."""
    others: list[Any]
    for path, body in BODIES.items():
        for name, given_schema in resolved(body["schema"])["properties"].items():
            schema = resolved(given_schema)
            if "maximum" in schema:
                step = 1 if "integer" in schema["type"] else 0.01
                low, high = schema["minimum"], schema["maximum"]
                yield from ((path, name, value, True) for value in (low, high))
                others = [low - step, high + step, True, "1"]
                yield from ((path, name, value, False) for value in others)
            elif "enum" in schema:
                yield from ((path, name, value, True) for value in schema["enum"])
                others = ["zzz", 4711, True, ["zzz"]]
                yield from ((path, name, value, False) for value in others)
            elif "maxLength" in schema:
                yield path, name, "x" * schema["maxLength"], True
                yield path, name, "x" * (schema["maxLength"] + 1), False
            elif schema.get("type") in (["boolean", "null"], ["string", "null"]):
                others = [1, 0, [], {}]
                yield from ((path, name, value, False) for value in others)


@pytest.mark.parametrize(("path", "name", "value", "allowed"), list(limits()))
def test_limits_are_those_of_the_route(path: str, name: str, value: Any, allowed: bool) -> None:
    status, body = send(path, {**BODIES[path]["example"], name: value})

    assert (status == 200) is allowed, body
    assert allowed or name in message(body)


def json_values() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_body_ends_in_a_status_that_is_not_described(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(BODIES)))
    names = sorted(resolved(BODIES[path]["schema"])["properties"])
    changes = data.draw(st.dictionaries(st.sampled_from(names), json_values(), max_size=4))

    status, _ = send(path, {**BODIES[path]["example"], **changes})

    assert status < 500
    assert str(status) in DOCUMENT["paths"][path]["post"]["responses"]


def test_the_description_names_this_api_and_no_deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(description_file(), encoding="utf-8")
    monkeypatch.setattr(description, "PATH", str(tmp_path / "file"))
    event = {
        "httpMethod": "GET",
        "path": "/openapi.json",
        "headers": {"Host": "api.example.com", "X-Forwarded-Proto": "https"},
        "requestContext": {"path": "/prod/openapi.json"},
    }

    answer, _ = respond(edge.request_from(event), SERVICE)

    given_document = json.loads(b"".join(answer.body))
    assert given_document["servers"] == [{"url": "https://api.example.com/prod"}]
    assert {**given_document, "servers": DOCUMENT["servers"]} == DOCUMENT
    assert description_file().count("support-assistant") == 0


def test_without_a_host_the_server_is_relative() -> None:
    assert description.server_url(Request("GET", "/openapi.json")) == "/"


def test_public_is_what_api_gateway_leaves_public() -> None:
    from bedrock_constructs.inference_api.methods import PUBLIC_PATHS

    operations = {path: operation for path, item in DOCUMENT["paths"].items() for operation in item.values()}
    public = {path for path, operation in operations.items() if operation.get("security") == []}
    assert public == {f"/{path}" for path in PUBLIC_PATHS}
