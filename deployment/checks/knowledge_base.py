"""Faults of [knowledge_base]: its documents and its two models."""

import datetime
from collections.abc import Iterator

from deployment.checks.models import model_faults, require_answers
from deployment.config import DeploymentConfig
from model_catalog import catalog


def knowledge_base_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    item = config.knowledge_base
    if item is None:
        return
    if not item.documents.is_dir():
        yield f"knowledge_base.documents: {item.documents} is not a folder; name the folder that holds the documents"
    embedding = item.embedding_model
    yield from model_faults("knowledge_base.embedding_model", embedding, config, today, _require_embeddings)
    yield from model_faults("knowledge_base.model", item.model, config, today, require_answers)


def _require_embeddings(identifier: str, region: str) -> None:
    model = catalog.invocable(identifier, region)
    if "embedding" not in model.output:
        raise catalog.CatalogError(
            f"{identifier} gives {', '.join(model.output)}, no embeddings; kit models --output embedding"
        )
