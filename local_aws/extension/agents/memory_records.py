"""Long-term memory: what the strategies of a memory learn from its events, by rules instead of a model.

SEMANTIC         sentences in which a user states something of their own ("My address is ...", "We have ...")
USER_PREFERENCE  sentences in which a user says what they like or want ("I prefer ...", "always ...")
SUMMARIZATION    one record for each session: the first sentence of each turn
EPISODIC, CUSTOM nothing
On AWS a model extracts them, about a minute after the event; here they are there at once.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/memory-strategies.html
"""

import json
import re
import time
from typing import Any

from ministack.services import bedrock_agentcore

from local_aws.extension.agents import registry

SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
OWN = re.compile(r"\b(i|i'm|i've|my|mine|we|we're|our|ours)\b", re.IGNORECASE)
PREFERS = re.compile(
    r"\b(prefer|like|love|favou?rite|hate|dislike|rather|always|never|please don't|don't want|want)\b", re.IGNORECASE
)
LONGEST_SUMMARY = 2000
Turn = tuple[str, str]


def install() -> None:
    """Learn from each event that CreateEvent has stored."""
    behind = bedrock_agentcore._create_event

    def created(raw_memory_id: str, body: Any) -> Any:
        response = behind(raw_memory_id, body)
        if response[0] < 400:
            _learn(json.loads(response[2])["event"])
        return response

    bedrock_agentcore._create_event = created


def learned(kind: str, turns: list[Turn]) -> list[str]:
    """What a strategy of this kind makes of turns, which are (role, text)."""
    if kind == "SUMMARIZATION":
        firsts = [f"{role.lower()}: {SENTENCE.split(text.strip())[0]}" for role, text in turns]
        return [" ".join(firsts)[-LONGEST_SUMMARY:]] if firsts else []
    said = [one.strip() for role, text in turns if role == "USER" for one in SENTENCE.split(text) if one.strip()]
    stated = [one for one in said if not one.endswith("?")]
    if kind == "USER_PREFERENCE":
        return [one for one in stated if PREFERS.search(one)]
    if kind == "SEMANTIC":
        return [one for one in stated if OWN.search(one) and not PREFERS.search(one)]
    return []


def namespace_of(template: str, names: dict[str, str]) -> str:
    """`/facts/{actorId}/` with its variables filled in."""
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], found[0]), template)


def _learn(event: dict[str, Any]) -> None:
    memory = registry.memory(event["memoryId"]) or {}
    for strategy in memory.get("strategies") or []:
        names = {**event, "memoryStrategyId": strategy["strategyId"]}
        templates = strategy.get("namespaces") or strategy.get("namespaceTemplates") or []
        for template in templates[:1]:
            _store(event, strategy, namespace_of(template, names))


def _store(event: dict[str, Any], strategy: dict[str, Any], namespace: str) -> None:
    bucket = dict(bedrock_agentcore._records_bucket(event["memoryId"], None))
    mine = {
        key: one
        for key, one in bucket.items()
        if one["memoryStrategyId"] == strategy["strategyId"] and one["namespaces"] == [namespace]
    }
    turns = turns_of(event)
    if strategy["type"] == "SUMMARIZATION":
        turns = _session_turns(event)
        for key in [key for key, one in mine.items() if one.get("_session") == event["sessionId"]]:
            del bucket[key]
    known = {one["content"]["text"] for one in mine.values()}
    for text in learned(strategy["type"], turns):
        if text in known and strategy["type"] != "SUMMARIZATION":
            continue
        identifier = bedrock_agentcore._record_id()
        bucket[identifier] = {
            "memoryRecordId": identifier,
            "content": {"text": text},
            "memoryStrategyId": strategy["strategyId"],
            "namespaces": [namespace],
            "createdAt": time.time(),
            "_session": event["sessionId"],
        }
    bedrock_agentcore._memory_records[event["memoryId"]] = bucket


def turns_of(event: dict[str, Any]) -> list[Turn]:
    said = [payload["conversational"] for payload in event["payload"] if "conversational" in payload]
    return [(one["role"], one["content"]["text"]) for one in said]


def _session_turns(event: dict[str, Any]) -> list[Turn]:
    sessions = bedrock_agentcore._events_bucket(event["memoryId"], None).get(event["actorId"]) or {}
    events = (sessions.get(event["sessionId"]) or {}).get("events") or []
    return [turn for one in events for turn in turns_of(one)]
