"""The data source that documents are put into or taken from, and what that means for its next ingestion job."""

import argparse
from collections.abc import Sequence

from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit.knowledge.described import Source, described
from kit.knowledge.direct_ingestion import Target
from kit_contract.errors import InputError

CUSTOM, S3 = "CUSTOM", "S3"
KINDS = (CUSTOM, S3)
OVERWRITTEN = (
    "{source} reads a bucket: its next ingestion job goes by what is there, and takes back what differs. Make the same "
    "change in the bucket"
)


def add_source(parser: argparse.ArgumentParser) -> None:
    text = "this data source, by its name in deployment.toml or in kit knowledge status (default: the only custom one)"
    parser.add_argument("--source", metavar="NAME", help=text)


def target_of(deployed: Deployed, names: Sequence[str] | None, source: str | None) -> tuple[KnowledgeBase, Target]:
    """Raises InputError unless there is exactly one."""
    found = targets_of(deployed, names, source)
    if len(found) == 1:
        return found[0]
    places = ", ".join(f"{base.name}: {target.source.name} ({target.source.kind})" for base, target in found)
    if found:
        raise InputError(f"several data sources fit; choose one with --knowledge-base and --source: {places}")
    wanted = f"{source} of the kind {' or '.join(KINDS)}" if source else "of the kind CUSTOM"
    raise InputError(
        f'there is no data source {wanted}; add [knowledge_bases.NAME.sources.SOURCE] with kind = "custom" and deploy; '
        "kit knowledge status shows those that are there"
    )


def targets_of(
    deployed: Deployed, names: Sequence[str] | None, source: str | None, kinds: Sequence[str] = (CUSTOM,)
) -> list[tuple[KnowledgeBase, Target]]:
    """Those of `kinds`, or what `source` names. Raises ExternalError and botocore's errors."""
    return [
        (base, Target(deployed, base.id, one))
        for base in deployed.chosen(names)
        for one in described(deployed, base).sources
        if (is_called(one, source) and one.kind in KINDS if source else one.kind in kinds)
    ]


def is_called(source: Source, name: str) -> bool:
    """A deploy adds eight digits to the name in deployment.toml."""
    return name in (source.name, source.name.rpartition("-")[0])
