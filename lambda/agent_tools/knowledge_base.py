"""Lambda handler of the tool that searches a knowledge base: a question -> passages with their sources.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from kit_contract.environment import (
    DEFAULT_KNOWLEDGE_BASE_SECONDS,
    KNOWLEDGE_BASE_ID,
    KNOWLEDGE_BASE_PARAMETER,
    KNOWLEDGE_BASE_SECONDS,
    MANAGED_KNOWLEDGE_BASE,
    PASSAGES,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_ssm import SSMClient

MAX_QUESTION = 20_000  # characters of retrievalQuery.text, by the API's model (botocore 1.44)


@cache
def client() -> AgentsforBedrockRuntimeClient:
    made: AgentsforBedrockRuntimeClient = boto3.client("bedrock-agent-runtime")
    return made


@cache
def ssm() -> SSMClient:
    made: SSMClient = boto3.client("ssm")
    return made


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`event` holds the arguments that the model gave. A fault of its own is an answer that the model can act on."""
    question = event.get("question")
    if not isinstance(question, str) or not question.strip():
        _log("no question")
        return {"error": f"question must be text, got {question!r}; ask again with a question"}
    if len(question.strip()) > MAX_QUESTION:
        given = len(question.strip())
        return {"error": f"question must have at most {MAX_QUESTION:,} characters, got {given:,}; ask a shorter one"}
    found = client().retrieve(
        knowledgeBaseId=_knowledge_base_id(),
        retrievalQuery={"text": question.strip()},
        retrievalConfiguration=_configuration(int(os.environ[PASSAGES])),
    )
    passages = [_passage(result) for result in found["retrievalResults"]]
    _log("found", passages=len(passages))
    return {"passages": passages}


def _log(event: str, **facts: int) -> None:
    """One JSON line for an invocation, without what was asked or found."""
    print(json.dumps({"event": event, **facts}), file=sys.stderr, flush=True)


def _knowledge_base_id() -> str:
    """Now and then read again: a deploy that replaces the knowledge base publishes another id."""
    name = os.environ.get(KNOWLEDGE_BASE_PARAMETER)
    seconds = float(os.environ.get(KNOWLEDGE_BASE_SECONDS, DEFAULT_KNOWLEDGE_BASE_SECONDS))
    return _published(name, int(time.monotonic() / seconds)) if name else os.environ[KNOWLEDGE_BASE_ID]


@lru_cache(maxsize=1)
def _published(name: str, period: int) -> str:
    """Once in a `period`. That of the deploy if SSM does not answer."""
    try:
        value: str = ssm().get_parameter(Name=name)["Parameter"]["Value"]
    except (BotoCoreError, ClientError):
        return os.environ[KNOWLEDGE_BASE_ID]
    return value


def _configuration(results: int) -> Any:
    """Each type of knowledge base refuses the search of the other."""
    if MANAGED_KNOWLEDGE_BASE in os.environ:
        return {"managedSearchConfiguration": {"numberOfResults": results, "rerankingModelType": "NONE"}}
    return {"vectorSearchConfiguration": {"numberOfResults": results}}


def _passage(result: Any) -> dict[str, Any]:
    """Each type of location has one field with the place: uri, url, id or query."""
    locations = [value for value in result.get("location", {}).values() if isinstance(value, dict)]
    places = (place for location in locations for place in location.values())
    passage = {"text": result.get("content", {}).get("text", ""), "source": next(places, None)}
    return {name: value for name, value in passage.items() if value}
