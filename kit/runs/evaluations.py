"""The figures of an evaluation's report, runs/<customization>/<run id>/evaluation.json."""

from collections.abc import Mapping
from typing import Any


def figures(report: Mapping[str, Any]) -> dict[str, str]:
    """Decision, and each metric of the candidate with its interval where the report has one."""
    if not report:
        return {}
    found = {"evaluation": str(report.get("decision", "unknown"))}
    metrics = report.get("metrics")
    for name, value in metrics.items() if isinstance(metrics, dict) else ():
        found[f"evaluation {name}"] = _text(value)
    return found


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("candidate", value.get("mean"))
    if isinstance(value, dict):
        value = value.get("mean")
    return f"{value:.4g}" if isinstance(value, int | float) else "unknown"
