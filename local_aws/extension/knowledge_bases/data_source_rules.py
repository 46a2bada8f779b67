"""What Bedrock refuses of a data source: too many in a knowledge base, its chunking, and how it crawls. Pure.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ChunkingConfiguration.html: a strategy has its own
configuration only, and NONE has none. The messages are not published.
"""

import re
from typing import Any

# "Data sources per knowledge base", not adjustable: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
MOST = 5
CONFIGURATIONS = {
    "FIXED_SIZE": "fixedSizeChunkingConfiguration",
    "HIERARCHICAL": "hierarchicalChunkingConfiguration",
    "SEMANTIC": "semanticChunkingConfiguration",
    "NONE": None,
}


# https://docs.aws.amazon.com/bedrock/latest/userguide/webcrawl-data-source-connector.html
CRAWLED_STORE, MOST_URLS, MOST_PAGES = "OPENSEARCH_SERVERLESS", 10, 25_000
LOOKS_AROUND = re.compile(r"\(\?<?[=!]")


def check_configuration(configuration: dict[str, Any], store: str | None) -> None:
    """Raise ValueError for a dataSourceConfiguration that Bedrock refuses. `store`: the storageConfiguration's type."""
    kind, web = configuration.get("type"), configuration.get("webConfiguration")
    if (kind == "WEB") != bool(web):
        raise ValueError(f"webConfiguration belongs to the type WEB, got {kind}")
    if not web:
        return
    if store != CRAWLED_STORE:
        raise ValueError(f"data sources of type WEB need a vector store of type {CRAWLED_STORE}, got {store}")
    if len(web["sourceConfiguration"]["urlConfiguration"]["seedUrls"]) > MOST_URLS:
        raise ValueError(f"a data source of type WEB has at most {MOST_URLS} seedUrls")
    crawler = web.get("crawlerConfiguration") or {}
    if int((crawler.get("crawlerLimits") or {}).get("maxPages") or 1) > MOST_PAGES:
        raise ValueError(f"maxPages must be at most {MOST_PAGES}")
    for pattern in (*(crawler.get("inclusionFilters") or ()), *(crawler.get("exclusionFilters") or ())):
        _check_pattern(pattern)


def _check_pattern(pattern: str) -> None:
    if LOOKS_AROUND.search(pattern):
        raise ValueError(f"filter patterns must not look ahead, got {pattern}")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the filter pattern {pattern} is no regular expression: {error}") from None


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
