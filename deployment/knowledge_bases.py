"""What several checks, stacks and commands ask of the knowledge bases of a deployment."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig


def knowledge_base_models(config: DeploymentConfig) -> Iterator[tuple[str, str]]:
    """Each setting that names a model, with the id or ARN: an existing knowledge base has embedded already."""
    for where, item in config.knowledge_base_sections.items():
        if not item.existing:
            if item.store != "managed":  # AWS's own model
                yield f"{where}.embedding_model", item.embedding_model
            if item.parsing:
                yield f"{where}.parsing.model", item.parsing.model
        yield f"{where}.model", item.model
        if item.rerank_model:
            yield f"{where}.rerank_model", item.rerank_model
        if item.evaluation:
            yield f"{where}.evaluation.evaluator_model", item.evaluation.evaluator_model
