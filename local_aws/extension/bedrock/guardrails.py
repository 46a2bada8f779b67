"""Guardrails: versions that can be listed and deleted, and filters that ministack's evaluation lacks.

Topics, content filters and profanity are recognized by words only, enough to see an intervention. Quotas:
https://docs.aws.amazon.com/general/latest/gr/bedrock.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ministack.services import bedrock, bedrock_runtime

from local_aws.extension.bedrock.responses import BedrockError, Response, answer, refusal

VERSIONS = 20
UNKNOWN = "The guardrail identifier or version provided in the request does not exist."
SHORTEST_WORD, SAME_WORDS = 5, 2
PROFANITY = re.compile(r"\b(?:damn|shit|fuck\w*|bastard)\b", re.IGNORECASE)
CONTENT = {
    "PROMPT_ATTACK": re.compile(
        r"\bignore (?:all |any )?(?:previous|prior|your) (?:instructions|rules)", re.IGNORECASE
    ),
    "INSULTS": re.compile(r"\b(?:idiot|moron|stupid)\b", re.IGNORECASE),
    "VIOLENCE": re.compile(r"\b(?:kill|murder|stab)\b", re.IGNORECASE),
}
Found = dict[str, Any]
Evaluate = Callable[[dict[str, Any], str, str], dict[str, Any]]


class Screened(NamedTuple):
    """`text`: what is used in place of the given one."""

    text: str
    blocked: bool = False
    masked: bool = False

    @property
    def action(self) -> str:
        return "INTERVENED" if self.blocked or self.masked else "NONE"


def install() -> None:
    behind = bedrock_runtime._evaluate_guardrail
    bedrock_runtime._evaluate_guardrail = lambda record, source, text: _evaluated(behind, record, source, text)
    bedrock_runtime._guardrail_not_found = lambda _: refusal(BedrockError("ValidationException", UNKNOWN))
    _wrap_versions()


def _wrap_versions() -> None:
    listed, created, deleted = bedrock._list_guardrails, bedrock._create_guardrail_version, bedrock._delete_guardrail

    def list_guardrails(query: Any) -> Response:
        identifier = _first(query, "guardrailIdentifier")
        response: Response = _versions(identifier) if identifier else listed(query)
        return response

    def create_version(identifier: str, body: bytes) -> Response:
        if len(version_numbers(identifier)) >= VERSIONS:
            message = f"The number of versions of guardrail {identifier} exceeded the service quota of {VERSIONS}"
            return refusal(BedrockError("ServiceQuotaExceededException", message))
        response: Response = created(identifier, body)
        return response

    def delete(identifier: str, query: Any) -> Response:
        version = _first(query, "guardrailVersion")
        if version is None:
            whole: Response = deleted(identifier, query)
            return whole
        if bedrock._guardrail_versions.pop(f"{_id(identifier)}/{version}", None) is None:
            message = f"Guardrail {identifier} version {version} not found."
            return refusal(BedrockError("ResourceNotFoundException", message), 404)
        return answer({}, 202)

    bedrock._list_guardrails = list_guardrails
    bedrock._create_guardrail_version = create_version
    bedrock._delete_guardrail = delete


def version_numbers(identifier: str) -> list[str]:
    start = f"{_id(identifier)}/"
    return [key.removeprefix(start) for key in bedrock._guardrail_versions if key.startswith(start)]


def screened(configuration: Any, source: str, text: str) -> Screened:
    """What the guardrail makes of `text`, which is INPUT or OUTPUT. Raises BedrockError.

    `configuration`: a guardrailConfiguration of Retrieve or RetrieveAndGenerate, None if the request has none.
    """
    if configuration is None:
        return Screened(text)
    record = bedrock_runtime._resolve_guardrail(configuration["guardrailId"], configuration["guardrailVersion"])
    if record is None:
        raise BedrockError("ValidationException", UNKNOWN)
    result = bedrock_runtime._evaluate_guardrail(record, source, text)
    if result["blocked"]:
        name = "BlockedInputMessaging" if source == "INPUT" else "BlockedOutputsMessaging"
        return Screened(record[name], blocked=True)
    return Screened(result["masked_text"], masked=result["anonymized"])


def _versions(identifier: str) -> Response:
    drafts = [record for record in bedrock._guardrails.values() if record["GuardrailId"] == _id(identifier)]
    if not drafts:
        return refusal(BedrockError("ResourceNotFoundException", f"Guardrail {identifier} not found."), 404)
    numbers = version_numbers(identifier)
    records = [*drafts, *(bedrock._guardrail_versions[f"{_id(identifier)}/{number}"] for number in numbers)]
    members = {"id": "GuardrailId", "arn": "GuardrailArn", "status": "Status", "name": "Name", "version": "Version"}
    times = {"createdAt": "CreatedAt", "updatedAt": "UpdatedAt"}
    summaries = [{name: record[key] for name, key in {**members, **times}.items()} for record in records]
    return answer({"guardrails": summaries})


def _evaluated(behind: Evaluate, record: dict[str, Any], source: str, text: str) -> dict[str, Any]:
    result = behind(record, source, text)
    more = {
        "topicPolicy": {"topics": list(_topics(record, text))},
        "contentPolicy": {"filters": list(_content(record, source, text))},
    }
    found = {name: policy for name, policy in more.items() if any(policy.values())}
    words = _profanity(record, text)
    if words:
        found["wordPolicy"] = {**result["assessment"].get("wordPolicy", {}), "managedWordLists": words}
    return {
        **result,
        "assessment": {**result["assessment"], **found},
        "blocked": result["blocked"] or bool(found),
    }


def _topics(record: dict[str, Any], text: str) -> Iterator[Found]:
    asked = _stems(text)
    for topic in (record.get("TopicPolicy") or {}).get("topicsConfig") or []:
        said = [topic["definition"], *(topic.get("examples") or [])]
        if any(len(asked & _stems(sentence)) >= SAME_WORDS for sentence in said):
            yield {"name": topic["name"], "type": "DENY", "action": "BLOCKED", "detected": True}


def _content(record: dict[str, Any], source: str, text: str) -> Iterator[Found]:
    strength = "inputStrength" if source == "INPUT" else "outputStrength"
    for item in (record.get("ContentPolicy") or {}).get("filtersConfig") or []:
        pattern = CONTENT.get(item["type"])
        if pattern and item[strength] != "NONE" and pattern.search(text):
            yield {"type": item["type"], "confidence": "HIGH", "action": "BLOCKED", "detected": True}


def _profanity(record: dict[str, Any], text: str) -> list[Found]:
    lists = (record.get("WordPolicy") or {}).get("managedWordListsConfig") or []
    if not lists or not (match := PROFANITY.search(text)):
        return []
    return [{"match": match[0], "type": "PROFANITY", "action": "BLOCKED", "detected": True}]


def _stems(text: str) -> set[str]:
    return {word[:SHORTEST_WORD] for word in re.findall(r"\w+", text.lower()) if len(word) >= SHORTEST_WORD}


def _id(identifier: str) -> str:
    return identifier.rsplit("/", 1)[-1]


def _first(query: Any, name: str) -> str | None:
    value = (query or {}).get(name)
    return value[0] if isinstance(value, list) else value
