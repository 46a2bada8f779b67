"""A harness's memory: the events of a session, and what is known of the actor from other sessions.

A turn of text is a conversational event; a turn with calls or results of tools is a blob, as it was.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-memory.html
"""

import json
import time
from typing import Any

from ministack.services import bedrock_agentcore

from local_aws.extension.agents import registry
from local_aws.extension.agents.memory_records import namespace_of
from local_aws.extension.bedrock.responses import BedrockError, Response

Message = dict[str, Any]
TOP_K, RELEVANCE = 10, 0.2  # the harness's defaults for each strategy
PAGE = 100
KNOWN = "What is known from earlier conversations:"
ROLES = {"user": "USER", "assistant": "ASSISTANT"}


class HarnessMemory:
    """`settings`: those of the harness, with `arn`. `actor_id` is the session's id if nobody says who it is."""

    def __init__(self, settings: dict[str, Any], actor_id: str | None, session_id: str) -> None:
        self._settings = settings
        self._memory_id = registry.last_part(settings["arn"])
        self._actor_id = actor_id or settings.get("actorId") or session_id
        self._session_id = session_id
        if registry.memory(settings["arn"]) is None:
            raise BedrockError("ResourceNotFoundException", f"The memory {settings['arn']} does not exist")

    def history(self) -> list[Message]:
        """The messages of the session, the newest `messagesCount` of them if that is set."""
        found: list[Message] = []
        token: dict[str, str] = {}
        while True:
            request = {"includePayloads": True, "maxResults": PAGE, **token}
            answer = _body(
                bedrock_agentcore._list_events(self._memory_id, self._actor_id, self._session_id, json.dumps(request))
            )
            found += [message_of(event) for event in sorted(answer["events"], key=_number)]
            if "nextToken" not in answer:
                break
            token = {"nextToken": answer["nextToken"]}
        most = self._settings.get("messagesCount")
        return found[-most:] if most else found

    def keep(self, messages: list[Message]) -> None:
        """One event for each message."""
        for message in messages:
            request = {
                "actorId": self._actor_id,
                "sessionId": self._session_id,
                "eventTimestamp": time.time(),
                "payload": [payload_of(message)],
            }
            _body(bedrock_agentcore._create_event(self._memory_id, json.dumps(request)))

    def known(self, question: str) -> str:
        """The long-term records that the question is about, for the system prompt; empty without strategies."""
        found: dict[str, None] = {}
        for namespace, (top_k, relevance) in self._namespaces().items():
            criteria = {"searchQuery": question[:10_000], "topK": top_k}
            request = {"namespace": namespace, "searchCriteria": criteria, "maxResults": PAGE}
            answer = _body(bedrock_agentcore._retrieve_memory_records(self._memory_id, json.dumps(request)))
            records = [one for one in answer["memoryRecordSummaries"] if one["score"] >= relevance]
            found |= dict.fromkeys(one["content"]["text"] for one in records)
        return "\n".join([KNOWN, *(f"- {text}" for text in found)]) if found else ""

    def _namespaces(self) -> dict[str, tuple[int, float]]:
        names = {"actorId": self._actor_id, "sessionId": self._session_id}
        given = self._settings.get("retrievalConfig")
        if given:
            return {
                namespace_of(template, {**names, "memoryStrategyId": config.get("strategyId") or ""}): (
                    config.get("topK") or TOP_K,
                    config.get("relevanceScore", RELEVANCE),
                )
                for template, config in given.items()
            }
        strategies = (registry.memory(self._settings["arn"]) or {}).get("strategies") or []
        return {
            namespace_of(template, {**names, "memoryStrategyId": one["strategyId"]}): (TOP_K, RELEVANCE)
            for one in strategies
            for template in one.get("namespaces") or one.get("namespaceTemplates") or []
        }


def payload_of(message: Message) -> dict[str, Any]:
    if all("text" in block for block in message["content"]):
        text = "\n".join(block["text"] for block in message["content"])
        return {"conversational": {"role": ROLES[message["role"]], "content": {"text": text}}}
    return {"blob": message}


def message_of(event: dict[str, Any]) -> Message:
    payload = event["payload"][0]
    if "blob" in payload:
        return dict(payload["blob"])
    said = payload["conversational"]
    role = "assistant" if said["role"] == ROLES["assistant"] else "user"
    return {"role": role, "content": [{"text": said["content"]["text"]}]}


def _number(event: dict[str, Any]) -> int:
    return int(event["eventId"].partition("#")[0])


def _body(response: Response) -> dict[str, Any]:
    status, _, body = response
    answer: dict[str, Any] = json.loads(body)
    if status >= 400:
        raise BedrockError(answer.get("__type", "ValidationException"), answer.get("message", ""))
    return answer
