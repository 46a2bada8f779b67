"""Faults of [budget]: what AWS Budgets would refuse, and budgets that notify nobody."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.sections.budget import HARD_STOP_PERCENT

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
MAX_ALARMS = 5


def budget_faults(config: DeploymentConfig) -> Iterator[str]:
    section = config.budget
    if section is None:
        return
    added = [HARD_STOP_PERCENT] if section.hard_stop and HARD_STOP_PERCENT not in section.actual_percent else []
    alarms = [*section.actual_percent, *added, *section.forecast_percent]
    if not alarms:
        yield "budget.actual_percent: a budget needs an alarm, got none here and in forecast_percent; add 100"
    if len(alarms) > MAX_ALARMS:
        yield (
            f"budget.actual_percent: at most {MAX_ALARMS} alarms together with forecast_percent and the hard stop's "
            f"{HARD_STOP_PERCENT:g}, got {len(alarms)}; remove some"
        )
    for setting, given in (("actual_percent", section.actual_percent), ("forecast_percent", section.forecast_percent)):
        if len(set(given)) != len(given):
            percentages = ", ".join(f"{one:g}" for one in given)
            yield f"budget.{setting}: must name each percentage once, got {percentages}; remove one"
    if not section.emails and not section.topic:
        yield "budget.emails: the budget would notify nobody, got neither emails nor topic = true; add an address"
    if section.hard_stop and not any(one.commitment == "none" for one in config.provisioned_throughput.values()):
        yield (
            "budget.hard_stop: needs provisioned throughput without commitment to release, got none in this file; "
            "add one under [provisioned_throughput], or remove hard_stop"
        )


def budget_warnings(config: DeploymentConfig) -> Iterator[str]:
    """https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html"""
    if config.budget and config.budget.by_tag:
        yield (
            "budget.by_tag: the budget counts nothing before the cost allocation tag bedrock-kit:deployment is active: "
            "activate it in Billing and Cost Management once it is listed, up to 24 hours after the first deploy; it "
            "takes up to 24 more hours"
        )
