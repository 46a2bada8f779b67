"""Checks what a RagEvaluation job has of its own: one knowledge base, and metrics of one kind. Pure.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-evaluation-metrics.html
Jobs over passages and answers that the caller brings (precomputedRagSourceConfig) are not emulated.
"""

from collections.abc import Iterator
from typing import Any

from kit_contract.rag_evaluation_jobs import GENERATION, RETRIEVAL

# Ignored for knowledge bases, but checked: users saw Custom refused.
TASK_TYPES = ("General", "Summarization", "Classification", "QuestionAndAnswer", "Generation")
NOT_EMULATED = "The embedded AWS evaluates knowledge bases only: give one knowledgeBaseConfig"


def rag_faults(body: dict[str, Any]) -> Iterator[str]:
    configs = (body.get("inferenceConfig") or {}).get("ragConfigs") or []
    if len(configs) != 1:
        yield f"RAG evaluation jobs support one RAG configuration, got {len(configs)}"
    elif not knowledge_base_config(body):
        yield NOT_EMULATED
    elif not searched(body).get("knowledgeBaseId"):
        yield "knowledgeBaseId is required"
    elif answers(body) and not searched(body).get("modelArn"):
        yield "modelArn is required"
    yield from _dataset_faults(body)


def knowledge_base_config(body: dict[str, Any]) -> dict[str, Any]:
    configs = (body.get("inferenceConfig") or {}).get("ragConfigs") or [{}]
    found: dict[str, Any] = configs[0].get("knowledgeBaseConfig") or {}
    return found


def answers(body: dict[str, Any]) -> bool:
    """Whether the job asks for answers; otherwise it searches only."""
    return "retrieveAndGenerateConfig" in knowledge_base_config(body)


def searched(body: dict[str, Any]) -> dict[str, Any]:
    """The knowledgeBaseConfiguration of RetrieveAndGenerate, or the retrieveConfig."""
    config = knowledge_base_config(body)
    generated: dict[str, Any] = config.get("retrieveAndGenerateConfig") or {}
    found: dict[str, Any] = generated.get("knowledgeBaseConfiguration") or config.get("retrieveConfig") or {}
    return found


def _dataset_faults(body: dict[str, Any]) -> Iterator[str]:
    known = GENERATION if answers(body) else RETRIEVAL
    for config in body["evaluationConfig"]["automated"]["datasetMetricConfigs"]:
        if config.get("taskType") not in TASK_TYPES:
            yield f"Task type {config.get('taskType')} is not supported for this job"
        names = config.get("metricNames") or []
        if not names or (unknown := [name for name in names if name not in known.values()]):
            yield f"The metrics {unknown if names else names} are not supported for this job"
