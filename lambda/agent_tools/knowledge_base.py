"""Lambda handler of the tool that searches a knowledge base: a question -> passages with their sources.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from kit_contract.environment import KNOWLEDGE_BASE_ID, MANAGED_KNOWLEDGE_BASE, PASSAGES

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

MAX_QUESTION = 1000  # characters of retrievalQuery.text
LOCATIONS = ("s3Location", "webLocation", "confluenceLocation", "salesforceLocation", "sharePointLocation")


@cache
def client() -> AgentsforBedrockRuntimeClient:
    made: AgentsforBedrockRuntimeClient = boto3.client("bedrock-agent-runtime")
    return made


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`event` holds the arguments that the model gave. A fault of its own is an answer that the model can act on."""
    question = event.get("question")
    if not isinstance(question, str) or not question.strip():
        return {"error": f"question must be text, got {question!r}; ask again with a question"}
    found = client().retrieve(
        knowledgeBaseId=os.environ[KNOWLEDGE_BASE_ID],
        retrievalQuery={"text": question.strip()[:MAX_QUESTION]},
        retrievalConfiguration=_configuration(int(os.environ[PASSAGES])),
    )
    return {"passages": [_passage(result) for result in found["retrievalResults"]]}


def _configuration(results: int) -> Any:
    """Each type of knowledge base refuses the search of the other."""
    if MANAGED_KNOWLEDGE_BASE in os.environ:
        return {"managedSearchConfiguration": {"numberOfResults": results, "rerankingModelType": "NONE"}}
    return {"vectorSearchConfiguration": {"numberOfResults": results}}


def _passage(result: Any) -> dict[str, Any]:
    location = result.get("location", {})
    places = (place for kind in LOCATIONS for place in location.get(kind, {}).values())
    passage = {"text": result.get("content", {}).get("text", ""), "source": next(places, None)}
    return {name: value for name, value in passage.items() if value}
