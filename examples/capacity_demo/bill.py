"""What the demo would have cost on AWS. Unknown prices are reported as unknown."""

from collections.abc import Iterator, Mapping, Sequence

from deployment.config import DeploymentConfig
from deployment.costs.lines import CostLine, amount, line
from deployment.costs.provisioned_throughput import base_model, hourly_price
from deployment.costs.training import training_groups
from deployment.datasets import CustomizationDataset
from examples.capacity_demo.caller import Caller
from kit_contract.counted import counted
from model_catalog.prices import price

KINDS = ("foundation-model", "inference-profile", "custom-model-deployment", "provisioned-throughput")


def bill(
    config: DeploymentConfig,
    runs: Sequence[Mapping[str, CustomizationDataset]],
    caller: Caller,
    throughput_seconds: float,
) -> list[CostLine]:
    """`runs`: the datasets of each training run; `throughput_seconds`: from creation to deletion."""
    lines = [
        found
        for datasets in runs
        for group in training_groups(config, datasets)
        for found in group.lines
        if found.part == "training"
    ]
    return [*lines, _throughput(config, throughput_seconds), *_on_demand(config, caller)]


def _throughput(config: DeploymentConfig, seconds: float) -> CostLine:
    (item,) = config.provisioned_throughput.values()
    units = counted(item.model_units, "model unit")
    return line(
        "provisioned throughput",
        f"{units} for {seconds:.0f} s, by the second; AWS may bill each started hour in full",
        item.model_units * seconds / 3600,
        hourly_price(config, item),
        missing=f"a model unit and hour of {base_model(config, item)}",
    )


def _on_demand(config: DeploymentConfig, caller: Caller) -> Iterator[CostLine]:
    assert config.training
    (item,) = config.training.customizations.values()
    for way, tokens in zip(("input", "output"), caller.tokens.get("custom-model-deployment", (0, 0)), strict=True):
        yield line(
            f"on demand, {way}",
            f"{tokens:,} tokens of the custom model, as the embedded AWS counts them",
            tokens,
            price(f"custom_{way}_tokens", model=item.base_model, region=config.deployment.region),
            missing=f"{way} tokens of a custom model of {item.base_model}",
        )


def bill_table(lines: Sequence[CostLine]) -> list[str]:
    rows = [f"{_usd(found):>12} USD  {found.part:<23} {found.what}" for found in lines]
    known = sum(found.usd for found in lines if found.usd is not None)
    at_least = "at least " if any(found.usd is None for found in lines) else ""
    return [*rows, f"{at_least + amount(known):>12} USD  in total"]


def calls_table(caller: Caller) -> list[str]:
    kinds = [kind for kind in KINDS if caller.answered[kind]]
    rows = [f"{caller.answered[kind]:>12,} answered by {kind}" for kind in kinds]
    rows += [f"{number:>12,} of these by custom model {model}" for model, number in caller.models.items() if model]
    return [f"{caller.calls:>12,} calls", f"{len(caller.failures):>12,} failed", *rows]


def _usd(found: CostLine) -> str:
    return "unknown" if found.usd is None else amount(found.usd)
