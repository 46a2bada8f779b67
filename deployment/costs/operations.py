"""What [operations] costs a month: metrics of alarms, composite alarms, the dashboard."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.costs.lines import CostLine, line
from deployment.costs.monitoring import target_kinds
from kit_contract.counted import counted
from kit_contract.invocation_logging import DELIVERIES
from model_catalog.prices import price

# CloudWatch bills each metric of an alarm. bedrock_constructs/operations/alarms.py has them.
ERRORS, SLOW, THROTTLED, FALLBACKS, TRAINING = 2, 2, 1, 1, 2  # FALLBACKS: and one for each kind of target


def operations_lines(config: DeploymentConfig) -> Iterator[CostLine]:
    if not config.operations:
        return
    region = config.deployment.region
    work = bool(config.training or config.built_knowledge_bases or config.invocation_logging)
    metrics = (TRAINING if config.training else 0) + len(config.built_knowledge_bases)
    metrics += len(DELIVERIES) if config.invocation_logging else 0
    if config.inference_api:
        kinds = len(target_kinds(config)) + bool(config.imported_models)
        metrics += ERRORS + SLOW + THROTTLED + FALLBACKS + kinds
    for part, count, kind, what in (
        ("operations alarms", metrics, "alarm_month", f"{counted(metrics, 'metric')} in alarms"),
        ("operations messages", bool(config.inference_api) + work, "composite_alarm_month", "composite alarms"),
        ("dashboard", int(config.operations.dashboard), "dashboard_month", "1; an account's first three are free"),
    ):
        if count:
            found = price(kind, service="cloudwatch", region=region)
            yield line(part, what, count, found, missing=f"{kind.removesuffix('_month')} in {region}")
