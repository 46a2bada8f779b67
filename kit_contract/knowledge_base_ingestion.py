"""Settings of the ingestion function: the construct writes them to its environment, the function parses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kit_contract import environment as names

# The alarm watches this metric; its one dimension holds the metric name of the settings.
FAILURES_METRIC = "Failures"
METRIC_DIMENSION = "KnowledgeBase"


@dataclass(frozen=True)
class IngestionSettings:
    """`result_parameter`: SSM parameter for the result of the last job. `metric_name`: value of the dimension."""

    knowledge_base_id: str
    data_source_id: str
    result_parameter: str
    metric_namespace: str
    metric_name: str

    def to_environment(self) -> dict[str, str]:
        return {
            names.KNOWLEDGE_BASE_ID: self.knowledge_base_id,
            names.DATA_SOURCE_ID: self.data_source_id,
            names.RESULT_PARAMETER: self.result_parameter,
            names.METRIC_NAMESPACE: self.metric_namespace,
            names.METRIC_NAME: self.metric_name,
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> IngestionSettings:
        """Raises KeyError if a variable is missing."""
        return cls(
            knowledge_base_id=environment[names.KNOWLEDGE_BASE_ID],
            data_source_id=environment[names.DATA_SOURCE_ID],
            result_parameter=environment[names.RESULT_PARAMETER],
            metric_namespace=environment[names.METRIC_NAMESPACE],
            metric_name=environment[names.METRIC_NAME],
        )
