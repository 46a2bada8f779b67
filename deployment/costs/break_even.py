"""The monthly cost of each option to serve an alias, and the traffic from which one is cheaper than another.

Only the model's cost: API Gateway and Lambda cost the same with every option.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deployment.config import DeploymentConfig
from deployment.costs.inference_api import Traffic, token_lines
from deployment.costs.lines import CostLine
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH
from deployment.costs.training import model_storage_line
from kit_contract.counted import counted
from model_catalog.prices import price

COMMITMENTS = {"none": "no commitment", "OneMonth": "1 month's commitment", "SixMonths": "6 months' commitment"}


@dataclass(frozen=True)
class ServingOption:
    """`fixed` USD a month plus `per_request` USD. Where `missing` names prices, the cost is unknown."""

    label: str
    fixed: float = 0.0
    per_request: float = 0.0
    missing: tuple[str, ...] = ()

    def monthly(self, requests: float) -> float:
        return self.fixed + requests * self.per_request


@dataclass(frozen=True)
class BreakEven:
    """From `requests` a month, `provisioned` is cheaper than `on_demand`; both cost `usd` there."""

    on_demand: ServingOption
    provisioned: ServingOption
    requests: float
    usd: float


def serving_options(config: DeploymentConfig, alias: str, traffic: Traffic) -> list[ServingOption]:
    """On demand, as a custom model on demand, and provisioned all month with each commitment.

    The number of model units is that of the alias's provisioned throughput, or one.
    """
    units = next((item.model_units for item in config.provisioned_throughput.values() if item.alias == alias), 1)
    region = config.deployment.region
    model = config.priced_model(config.aliases[alias].model)
    base = custom_base(config, alias)
    found = [_on_demand(model, [], token_lines(_one(traffic), model, region))]
    storage = [model_storage_line("custom model", "kept for a month", base, region)] if base else []
    if base:
        custom = token_lines(_one(traffic), base, region, "custom_")
        found.append(_on_demand(f"custom model of {base}", storage, custom))
    return found + [_provisioned(base or model, region, commitment, units, storage) for commitment in COMMITMENTS]


def custom_base(config: DeploymentConfig, alias: str) -> str | None:
    """The base model of the customization that serves `alias`, or None."""
    return next((item.base_model for item in config.custom_models.values() if item.alias == alias), None)


def break_evens(options: Sequence[ServingOption]) -> Iterator[BreakEven]:
    """Between each option on demand and each provisioned one whose prices are known."""
    known = [option for option in options if not option.missing]
    for on_demand in (option for option in known if option.per_request):
        for provisioned in (option for option in known if not option.per_request):
            requests = (provisioned.fixed - on_demand.fixed) / on_demand.per_request
            if requests > 0:
                yield BreakEven(on_demand, provisioned, requests, provisioned.fixed)


def _one(traffic: Traffic) -> Traffic:
    return Traffic(1, traffic.input_tokens, traffic.output_tokens, traffic.seconds)


def _on_demand(label: str, storage: Sequence[CostLine], tokens: Iterator[CostLine]) -> ServingOption:
    lines = list(tokens)
    missing = tuple(line.missing for line in (*storage, *lines) if line.missing)
    return ServingOption(label, sum(line.usd or 0 for line in storage), sum(line.usd or 0 for line in lines), missing)


def _provisioned(model: str, region: str, commitment: str, units: int, storage: Sequence[CostLine]) -> ServingOption:
    found = price("provisioned_hour", model=model, region=region, commitment=commitment)
    label = f"{counted(units, 'model unit')}, {COMMITMENTS[commitment]}"
    unknown = () if found else (f"price of a model unit and hour of {model}, {COMMITMENTS[commitment]}, in {region}",)
    fixed = found.of(HOURS_PER_MONTH * units) if found else 0.0
    missing = (*unknown, *(line.missing for line in storage if line.missing))
    return ServingOption(label, fixed + sum(line.usd or 0 for line in storage), 0.0, missing)
