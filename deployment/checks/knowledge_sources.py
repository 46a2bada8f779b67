"""Faults of the sources of a knowledge base: documents that would be read, embedded and paid for twice."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from deployment.checks.web_sources import web_faults
from deployment.sections.knowledge_sources import S3Source, Source, WebSource

# "Data sources per knowledge base": https://docs.aws.amazon.com/general/latest/gr/bedrock.html (2026-11); one is that
# of the section's own documents.
MOST_DATA_SOURCES = 5
MOST_OF_MANAGED = 200  # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-quotas.html


def source_faults(where: str, sources: Mapping[str, Source], most: int = MOST_DATA_SOURCES) -> Iterator[str]:
    yield from _bucket_faults(
        {f"{where}.sources.{name}": source for name, source in sources.items() if isinstance(source, S3Source)}
    )
    yield from web_faults(
        {f"{where}.sources.{name}": source for name, source in sources.items() if isinstance(source, WebSource)}
    )
    data_sources = sum(source.data_sources for source in sources.values())
    if data_sources >= most:
        yield (
            f"{where}.sources: Bedrock allows {most} data sources in a knowledge base, one is for the "
            f"section's own documents, and each prefix is one: got {data_sources}; use fewer prefixes, or another "
            "knowledge base"
        )


def _bucket_faults(sources: Mapping[str, S3Source]) -> Iterator[str]:
    places = [
        (where, source.bucket, prefix) for where, source in sources.items() for prefix in source.prefixes or ("",)
    ]
    for (one, bucket, prefix), (other, same, below) in combinations(places, 2):
        if bucket == same and (prefix.startswith(below) or below.startswith(prefix)):
            yield (
                f"{other}.prefixes: s3://{bucket}/{below} and s3://{bucket}/{prefix} of {one} overlap, so documents "
                "would be embedded and found twice; keep one of them"
            )
