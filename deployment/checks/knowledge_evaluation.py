"""Faults of [knowledge_base.evaluation]: the model must be one that judges in Bedrock's jobs."""

import datetime
from collections.abc import Iterator

from deployment.checks.models import model_faults, require_answers
from deployment.config import DeploymentConfig
from deployment.sections.knowledge_base import KnowledgeBase
from kit_contract.rag_evaluation_jobs import EVALUATORS
from model_catalog import catalog


def evaluation_faults(where: str, item: KnowledgeBase, config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    if item.evaluation is None or item.existing:
        return  # of an existing one it is a fault anyway
    model, setting = item.evaluation.evaluator_model, f"{where}.evaluation.evaluator_model"
    yield from model_faults(setting, model, config, today, require_answers)
    if catalog.without_prefix(model) not in EVALUATORS and not config.deployment.allow_unlisted:
        yield (
            f"{setting} must be one of {', '.join(EVALUATORS)}, or a profile of one, got {model}; if Bedrock's user "
            "guide lists it for RAG evaluation by now: allow_unlisted = true in [deployment]"
        )
