"""The description of the API as a file in the function's zip."""

import json
from typing import Any

from kit_contract.inference_api import IAM_PREFIX
from kit_contract.places import SOURCES

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
_SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "x-amazon-apigateway-authtype": "awsSigv4",
    "description": "AWS Signature Version 4 for the service execute-api",
}


def description_file(*, signed: bool = False, fine_tuning: bool = False) -> str:
    """docs/openapi.json without its line breaks.

    `signed`: with the paths of requests that are signed with AWS credentials. `fine_tuning`: with files and jobs.
    """
    value = _described("openapi.json")
    if fine_tuning:
        more = _described("openapi-fine-tuning.json")
        value["paths"] |= more["paths"]
        value["components"]["schemas"] |= more["components"]["schemas"]
    if signed:
        paths = {path: operations for path, operations in value["paths"].items() if path.startswith("/model/")}
        value["paths"] |= {f"{IAM_PREFIX}{path}": _signed(operations) for path, operations in paths.items()}
        value["components"]["securitySchemes"]["sigv4"] = _SIGNATURE
    return json.dumps(value, separators=(",", ":"))


def _described(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((SOURCES / "docs" / name).read_text(encoding="utf-8"))
    return value


def _signed(operations: dict[str, Any]) -> dict[str, Any]:
    """401 is the answer to a wrong key; a wrong signature is a 403."""
    changed = {}
    for method, operation in operations.items():
        responses = {status: said for status, said in operation["responses"].items() if status != "401"}
        own = {"operationId": f"signed_{operation['operationId']}", "security": [{"sigv4": []}], "responses": responses}
        changed[method] = {**operation, **own}
    return changed
