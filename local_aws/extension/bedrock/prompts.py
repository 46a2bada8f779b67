"""Prompt management: drafts, versions that never change, and Converse with a prompt's ARN in place of a model id.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreatePrompt.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (promptVariables)
Quotas: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
"""

import json
import re
import time
from typing import Any
from urllib.parse import quote, unquote

from ministack.services.bedrock_agent import _prompt_versions, _prompts, _tags

from kit_contract.prompts import filled
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, arn, identifier, iso, required

PROMPTS, VERSIONS = 50, 10
CONTENT = ("name", "description", "customerEncryptionKeyArn", "defaultVariant", "variants")
CALL = re.compile(r"/model/(arn:aws[^/]*:prompt/[0-9a-zA-Z]{10}(?::[0-9]{1,5})?)/([a-z-]+)")
# Of a request whose modelId is a prompt: it has its own.
OF_THE_PROMPT = ("additionalModelRequestFields", "inferenceConfig", "system", "toolConfig")


def create(body: dict[str, Any]) -> Response:
    required(body, "name")
    _check(body)
    if len(_prompts) >= PROMPTS:
        raise BedrockError("ServiceQuotaExceededException", f"The account has {PROMPTS} prompts, which is the quota")
    number = identifier(10).upper()
    made = {"id": number, "arn": arn(f"prompt/{number}"), "version": "DRAFT", "createdAt": iso(time.time())}
    record = {**_content(body), **made, "updatedAt": made["createdAt"]}
    _prompts[number] = {"Arn": made["arn"], "last": 0, "record": record}
    _tags[made["arn"]] = dict(body.get("tags") or {})
    return answer(record, 201)


def update(body: dict[str, Any], given: str) -> Response:
    required(body, "name")
    found = _draft(given)
    _check(body, found["record"]["id"])
    kept = {name: value for name, value in found["record"].items() if name not in CONTENT}
    found["record"] = {**kept, **_content(body), "updatedAt": iso(time.time())}
    return answer(found["record"])


def get(query: dict[str, str], given: str) -> Response:
    return answer(_record(given, query.get("promptVersion", "")))


def list_prompts(query: dict[str, str]) -> Response:
    """The drafts, or one prompt's draft and versions."""
    wanted = query.get("promptIdentifier")
    records = [item["record"] for item in _prompts.values()]
    if wanted:
        records = [_draft(wanted)["record"], *(item["record"] for item in _versions(_number(wanted)))]
    hidden = ("variants", "defaultVariant", "customerEncryptionKeyArn")
    shown = [{name: value for name, value in record.items() if name not in hidden} for record in records]
    return answer({"promptSummaries": shown})


def create_version(body: dict[str, Any], given: str) -> Response:
    """A snapshot of the draft. Numbers go up, and those of deleted versions are not used again."""
    draft = _draft(given)
    number = draft["record"]["id"]
    if len(_versions(number)) >= VERSIONS:
        raise BedrockError("ServiceQuotaExceededException", f"The prompt has {VERSIONS} versions, which is the quota")
    if not draft["record"].get("variants"):
        raise BedrockError("ValidationException", "A prompt without a variant has no versions")
    draft["last"] += 1
    version = str(draft["last"])
    made = {"arn": f"{draft['Arn']}:{version}", "version": version, "createdAt": iso(time.time())}
    described = {"description": body["description"]} if body.get("description") else {}
    record = {**draft["record"], **described, **made, "updatedAt": made["createdAt"]}
    _prompt_versions[f"{number}/{version}"] = {"Arn": made["arn"], "record": record}
    _tags[made["arn"]] = dict(body.get("tags") or {})
    return answer(record, 201)


def delete(query: dict[str, str], given: str) -> Response:
    """With promptVersion, that version; else the prompt and all its versions."""
    number, version = _number(given), query.get("promptVersion", "") or _version(given)
    _record(given, version)
    for item in [item["record"]["version"] for item in _versions(number)] if not version else [version]:
        del _prompt_versions[f"{number}/{item}"]
    if not version:
        del _prompts[number]
    return answer({"id": number, **({"version": version} if version else {})})


def rendered(path: str, body: bytes) -> tuple[str, bytes]:
    """A request to Converse whose model id is a prompt, as its model gets it. Raises BedrockError."""
    match = CALL.fullmatch(unquote(path))
    if match is None:
        return path, body
    if not match[2].startswith("converse"):
        raise BedrockError("ValidationException", "InvokeModel takes no prompt; use Converse")
    variant = _record(match[1], "")["variants"][0]
    if not variant.get("modelId"):
        raise BedrockError("ValidationException", "The prompt has no model; set one in its variant")
    given = json.loads(body or b"{}")
    if own := [name for name in OF_THE_PROMPT if name in given]:
        raise BedrockError("ValidationException", f"{', '.join(own)} cannot be set with a prompt, which has its own")
    values = {name: value.get("text", "") for name, value in (given.pop("promptVariables", None) or {}).items()}
    try:
        text = filled(variant["templateConfiguration"]["text"]["text"], values)
    except KeyError as error:
        raise BedrockError("ValidationException", f"promptVariables lacks {error}, a variable of the prompt") from None
    messages = [{"role": "user", "content": [{"text": text}]}, *(given.get("messages") or [])]
    settings = variant.get("inferenceConfiguration", {}).get("text")
    request = {**given, "messages": messages, **({"inferenceConfig": settings} if settings else {})}
    return f"/model/{quote(variant['modelId'], safe='')}/{match[2]}", json.dumps(request).encode()


def _content(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in CONTENT if body.get(name) is not None}


def _check(body: dict[str, Any], own: str = "") -> None:
    variants = body.get("variants") or []
    if len(variants) > 1:
        raise BedrockError("ValidationException", "A prompt has one variant at most")
    if body.get("defaultVariant") and body["defaultVariant"] not in [item["name"] for item in variants]:
        raise BedrockError("ValidationException", "defaultVariant must be the name of a variant")
    if any(item["record"]["name"] == body["name"] for number, item in _prompts.items() if number != own):
        raise BedrockError("ConflictException", f"A prompt named {body['name']} exists")


def _number(given: str) -> str:
    return given.rpartition("/")[2].partition(":")[0]


def _version(given: str) -> str:
    return given.rpartition("/")[2].partition(":")[2]


def _versions(number: str) -> list[dict[str, Any]]:
    return [item for key, item in _prompt_versions.items() if key.startswith(f"{number}/")]


def _draft(given: str) -> dict[str, Any]:
    found: dict[str, Any] | None = _prompts.get(_number(given))
    if found is None:
        raise BedrockError("ResourceNotFoundException", f"Prompt {given} does not exist")
    return found


def _record(given: str, version: str) -> dict[str, Any]:
    version = version or _version(given)
    if not version or version == "DRAFT":
        record: dict[str, Any] = _draft(given)["record"]
        return record
    found = _prompt_versions.get(f"{_number(given)}/{version}")
    if found is None:
        raise BedrockError("ResourceNotFoundException", f"Version {version} of prompt {given} does not exist")
    kept: dict[str, Any] = found["record"]
    return kept
