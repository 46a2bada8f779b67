"""Ways to serve an alias, as monthly cost over traffic, and where one gets cheaper than another. Pure.

The model's cost only: API Gateway and Lambda come on top of each way alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deployment.config import DeploymentConfig
from deployment.costs.inference_api import Traffic, token_lines
from deployment.costs.lines import CostLine
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH
from deployment.costs.training import kept_price
from model_catalog.prices import price

COMMITMENTS = {"none": "no commitment", "OneMonth": "1 month's commitment", "SixMonths": "6 months' commitment"}


@dataclass(frozen=True)
class Way:
    """`fixed` US dollars a month, `per_request` US dollars; unknown where `missing` names prices that lack."""

    label: str
    fixed: float = 0.0
    per_request: float = 0.0
    missing: tuple[str, ...] = ()

    def monthly(self, requests: float) -> float:
        return self.fixed + requests * self.per_request


@dataclass(frozen=True)
class BreakEven:
    """From `requests` a month on, `fixed` is cheaper than `by_token`; `usd` is what both cost there."""

    by_token: Way
    fixed: Way
    requests: float
    usd: float


def ways(config: DeploymentConfig, alias: str, traffic: Traffic) -> list[Way]:
    """On demand, as a custom model on demand, and provisioned with each commitment all month long.

    With as many model units as the alias's throughput has, or one.
    """
    assert config.inference_api
    units = next((item.model_units for item in config.provisioned_throughput.values() if item.alias == alias), 1)
    region = config.deployment.region
    model = config.inference_api.aliases[alias].model
    base = custom_base(config, alias)
    found = [_by_token(model, [], token_lines(_one(traffic), model, region))]
    kept = [_kept(base, region)] if base else []
    if base:
        custom = token_lines(_one(traffic), base, region, "custom_")
        found.append(_by_token(f"custom model of {base}", kept, custom))
    return found + [_provisioned(base or model, region, commitment, units, kept) for commitment in COMMITMENTS]


def custom_base(config: DeploymentConfig, alias: str) -> str | None:
    """The base model of the customization that serves `alias`, if there is one."""
    customizations = config.training.customizations.values() if config.training else ()
    return next((item.base_model for item in customizations if item.alias == alias), None)


def break_evens(given: Sequence[Way]) -> Iterator[BreakEven]:
    """Between every way by the token and every fixed one whose prices are known, in the order given."""
    known = [way for way in given if not way.missing]
    for by_token in (way for way in known if way.per_request):
        for fixed in (way for way in known if not way.per_request):
            requests = (fixed.fixed - by_token.fixed) / by_token.per_request
            if requests > 0:
                yield BreakEven(by_token, fixed, requests, fixed.fixed)


def _one(traffic: Traffic) -> Traffic:
    return Traffic(1, traffic.input_tokens, traffic.output_tokens, traffic.seconds)


def _kept(base: str, region: str) -> CostLine:
    found = kept_price(base, region)
    lacking = "" if found else f"price of a custom model kept for a month in {region}"
    return CostLine("custom model", "kept for a month", found.of(1) if found else None, found, lacking)


def _by_token(label: str, kept: Sequence[CostLine], tokens: Iterator[CostLine]) -> Way:
    lines = list(tokens)
    missing = tuple(line.missing for line in (*kept, *lines) if line.missing)
    return Way(label, sum(line.usd or 0 for line in kept), sum(line.usd or 0 for line in lines), missing)


def _provisioned(model: str, region: str, commitment: str, units: int, kept: Sequence[CostLine]) -> Way:
    found = price("provisioned_hour", model=model, region=region, commitment=commitment)
    label = f"{units} model unit{'s' if units > 1 else ''}, {COMMITMENTS[commitment]}"
    lacking = () if found else (f"price of a model unit and hour of {model}, {COMMITMENTS[commitment]}, in {region}",)
    fixed = found.of(HOURS_PER_MONTH * units) if found else 0.0
    missing = (*lacking, *(line.missing for line in kept if line.missing))
    return Way(label, fixed + sum(line.usd or 0 for line in kept), 0.0, missing)
