"""Faults of the [budget] section that AWS Budgets would refuse, or that would leave nobody told."""

from collections.abc import Iterator

from stacks.deployment_config import DeploymentConfig

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
MOST_ALARMS = 5


def budget_faults(config: DeploymentConfig) -> Iterator[str]:
    section = config.budget
    if section is None:
        return
    alarms = [*section.actual_percent, *section.forecast_percent]
    if not alarms:
        yield "budget.actual_percent: a budget needs an alarm, got none here nor in forecast_percent; add one, say 100"
    if len(alarms) > MOST_ALARMS:
        yield (
            f"budget.actual_percent: with forecast_percent at most {MOST_ALARMS} alarms, got {len(alarms)}; remove some"
        )
    for setting, given in (("actual_percent", section.actual_percent), ("forecast_percent", section.forecast_percent)):
        if len(set(given)) != len(given):
            yield f"budget.{setting}: each percentage once, got {', '.join(f'{one:g}' for one in given)}; remove one"
    if not section.emails and not section.topic:
        yield "budget.emails: nobody would be told, got neither emails nor topic = true; add an address"
