"""Checks of a knowledge base's arguments."""

from collections.abc import Sequence

from bedrock_constructs.arguments import NAME, NAME_IN_WORDS, check_construct, check_one_of, check_text, check_whole
from bedrock_constructs.knowledge_base.source import Source
from kit_contract.embedding_models import EMBEDDING_MODELS

LONGEST_VECTOR = 4096


def check_knowledge_base(name: str, removal: str, kms_key: object, generation: int) -> None:
    check_text("name", name, NAME, NAME_IN_WORDS)
    check_one_of("removal", removal, ("retain", "destroy"))
    check_construct("kms_key", kms_key, "a kms.IKey, such as Key.from_key_arn gives")
    check_whole("generation", generation, 1)


def check_vectors(store: object, embedding_model_id: str, dimensions: int) -> None:
    if isinstance(store, type) or not hasattr(store, "build"):
        raise ValueError(f"store must be a store such as S3Vectors(), got {store!r}; change it")
    check_text("embedding_model_id", embedding_model_id, ".+", "the id or ARN of an embedding model")
    check_whole("dimensions", dimensions, 1, LONGEST_VECTOR)
    if known := EMBEDDING_MODELS.get(embedding_model_id):
        check_one_of(f"dimensions of {embedding_model_id}", dimensions, known)


def check_sources(sources: Sequence[Source]) -> None:
    if isinstance(sources, str) or not all(hasattr(source, "parts") for source in sources):
        raise ValueError(f"sources must be a list of sources such as BucketSource, got {sources!r}; change it")
    names = [source.name for source in sources]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"sources must have different names, got {', '.join(twice)} twice; rename one")
