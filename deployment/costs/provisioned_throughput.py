"""What provisioned throughput costs: an hour, a month with its schedule, and the whole term of a commitment."""

from deployment.config import DeploymentConfig
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from kit_contract.counted import counted
from model_catalog.prices import Price, price

HOURS_PER_MONTH = 730  # 365 days of 24 hours over 12 months, as in AWS's calculator
HOURS_PER_WEEK = 168
COMMITMENT_MONTHS = {"none": 0, "OneMonth": 1, "SixMonths": 6}


def hourly_price(config: DeploymentConfig, item: ProvisionedThroughput) -> Price | None:
    """For one model unit with the section's commitment. Custom models are billed as their base model."""
    model = base_model(config, item)
    region = config.deployment.region
    return price("provisioned_hour", model=model, region=region, commitment=item.commitment) if model else None


def base_model(config: DeploymentConfig, item: ProvisionedThroughput) -> str | None:
    """None if the section names a customization that does not exist, or an import; the checks report that."""
    if item.model:
        return item.model
    found = config.custom_models.get(item.customization or "")
    return (found.base_model or None) if found else None


def committed_months(item: ProvisionedThroughput) -> int:
    return COMMITMENT_MONTHS[item.commitment]


def monthly_line(name: str, config: DeploymentConfig, item: ProvisionedThroughput) -> CostLine:
    return _line(name, config, item, hours_per_month(item), "a month")


def committed_line(name: str, config: DeploymentConfig, item: ProvisionedThroughput) -> CostLine:
    months = committed_months(item)
    return _line(name, config, item, months * HOURS_PER_MONTH, f"the whole commitment of {counted(months, 'month')}")


def hours_per_month(item: ProvisionedThroughput) -> float:
    """The schedule's hours of a week times the weeks of a month; without a schedule, all hours."""
    if item.schedule is None:
        return HOURS_PER_MONTH
    begin, end = (int(wall[:2]) + int(wall[3:]) / 60 for wall in (item.schedule.start, item.schedule.end))
    open_hours = end - begin if end > begin else end - begin + 24
    return len(set(item.schedule.days)) * open_hours * HOURS_PER_MONTH / HOURS_PER_WEEK


def provisioned_throughput_groups(config: DeploymentConfig) -> list[CostGroup]:
    """An hour, a month and the commitment of each section: each contains the previous, so they are not added up."""
    groups = []
    for name, item in config.provisioned_throughput.items():
        lines = [("hour", _line(name, config, item, 1, "an hour")), ("month", monthly_line(name, config, item))]
        if committed_months(item):
            lines.append(("commitment", committed_line(name, config, item)))
        groups += [
            CostGroup(f"provisioned_throughput.{name}.{per}", f"Provisioned throughput {name}, {found.what}", (found,))
            for per, found in lines
        ]
    return groups


def _line(name: str, config: DeploymentConfig, item: ProvisionedThroughput, hours: float, what: str) -> CostLine:
    model = base_model(config, item)
    kind = "without commitment" if item.commitment == "none" else f"with commitment {item.commitment}"
    return line(
        f"provisioned throughput {name}",
        f"{what}: {counted(item.model_units, 'model unit')} x {hours:g} h",
        hours * item.model_units,
        hourly_price(config, item),
        missing=f"a model unit and hour of {model} {kind} in {config.deployment.region}",
    )
