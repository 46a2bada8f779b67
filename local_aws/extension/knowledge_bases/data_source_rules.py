"""What Bedrock refuses of a data source: too many in a knowledge base, and its chunking. Pure.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ChunkingConfiguration.html: a strategy has its own
configuration only, and NONE has none. The messages are not published.
"""

from typing import Any

# "Data sources per knowledge base", not adjustable: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
MOST = 5
CONFIGURATIONS = {
    "FIXED_SIZE": "fixedSizeChunkingConfiguration",
    "HIERARCHICAL": "hierarchicalChunkingConfiguration",
    "SEMANTIC": "semanticChunkingConfiguration",
    "NONE": None,
}


def check_count(present: int, most: int = MOST) -> None:
    """Raise ValueError for one more data source than Bedrock allows."""
    if present >= most:
        raise ValueError(f"ServiceQuotaExceededException: a knowledge base has at most {most} data sources")


def check_chunking(configuration: dict[str, Any]) -> None:
    """Raise ValueError for a chunkingConfiguration that Bedrock refuses."""
    if not configuration:
        return
    strategy = configuration.get("chunkingStrategy")
    if strategy not in CONFIGURATIONS:
        raise ValueError(f"chunkingStrategy must be one of {', '.join(CONFIGURATIONS)}, got {strategy}")
    own = CONFIGURATIONS[strategy]
    given = [name for name in CONFIGURATIONS.values() if name and configuration.get(name)]
    if strategy in ("HIERARCHICAL", "SEMANTIC") and own not in given:
        raise ValueError(f"{strategy} needs {own}")
    if others := [name for name in given if name != own]:
        raise ValueError(f"{strategy} takes no {', '.join(others)}")
    if strategy == "HIERARCHICAL":
        parent, child = (level["maxTokens"] for level in configuration[str(own)]["levelConfigurations"])
        if child > parent:
            raise ValueError(f"child chunks of {child} tokens do not fit parent chunks of {parent}")
