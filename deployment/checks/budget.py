"""Faults of the [budget] section that AWS Budgets would refuse, or that would leave nobody told."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.sections.budget import HARD_STOP_PERCENT

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
MOST_ALARMS = 5


def budget_faults(config: DeploymentConfig) -> Iterator[str]:
    section = config.budget
    if section is None:
        return
    added = [HARD_STOP_PERCENT] if section.hard_stop and HARD_STOP_PERCENT not in section.actual_percent else []
    alarms = [*section.actual_percent, *added, *section.forecast_percent]
    if not alarms:
        yield "budget.actual_percent: a budget needs an alarm, got none here nor in forecast_percent; add one, say 100"
    if len(alarms) > MOST_ALARMS:
        yield (
            f"budget.actual_percent: at most {MOST_ALARMS} alarms with forecast_percent and the hard stop's "
            f"{HARD_STOP_PERCENT:g}, got {len(alarms)}; remove some"
        )
    for setting, given in (("actual_percent", section.actual_percent), ("forecast_percent", section.forecast_percent)):
        if len(set(given)) != len(given):
            yield f"budget.{setting}: each percentage once, got {', '.join(f'{one:g}' for one in given)}; remove one"
    if not section.emails and not section.topic:
        yield "budget.emails: nobody would be told, got neither emails nor topic = true; add an address"
    if section.hard_stop and not any(one.commitment == "none" for one in config.provisioned_throughput.values()):
        yield (
            "budget.hard_stop: releases provisioned throughput without commitment, got none in this file; "
            "add one under [provisioned_throughput], or remove hard_stop"
        )
