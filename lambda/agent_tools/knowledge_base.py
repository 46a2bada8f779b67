"""Lambda handler of the tool that searches a knowledge base: a question -> passages with their sources.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from kit_contract.environment import KNOWLEDGE_BASE_ID, PASSAGES

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

MAX_QUESTION = 20_000  # characters of retrievalQuery.text, by the API's model (botocore 1.44)


@cache
def client() -> AgentsforBedrockRuntimeClient:
    made: AgentsforBedrockRuntimeClient = boto3.client("bedrock-agent-runtime")
    return made


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`event` holds the arguments that the model gave. A fault of its own is an answer that the model can act on."""
    question = event.get("question")
    if not isinstance(question, str) or not question.strip():
        return {"error": f"question must be text, got {question!r}; ask again with a question"}
    if len(question.strip()) > MAX_QUESTION:
        given = len(question.strip())
        return {"error": f"question must have at most {MAX_QUESTION:,} characters, got {given:,}; ask a shorter one"}
    found = client().retrieve(
        knowledgeBaseId=os.environ[KNOWLEDGE_BASE_ID],
        retrievalQuery={"text": question.strip()},
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": int(os.environ[PASSAGES])}},
    )
    return {"passages": [_passage(result) for result in found["retrievalResults"]]}


def _passage(result: Any) -> dict[str, Any]:
    """Each type of location has one field with the place: uri, url, id or query."""
    locations = [value for value in result.get("location", {}).values() if isinstance(value, dict)]
    places = (place for location in locations for place in location.values())
    passage = {"text": result.get("content", {}).get("text", ""), "source": next(places, None)}
    return {name: value for name, value in passage.items() if value}
