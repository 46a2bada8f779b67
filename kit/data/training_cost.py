"""What training on a dataset costs: its tokens x epochs x the price of each base model, as `kit cost` counts them."""

from collections.abc import Iterator
from dataclasses import dataclass

from deployment.costs.lines import FETCH, amount
from kit_contract.dataset_limits import IMAGE_CAPTION
from model_catalog import catalog
from model_catalog.data_files import models
from model_catalog.model import Model
from model_catalog.prices import Price, price

METHOD, MODEL, REGION, EPOCHS, USD = "FINE_TUNING", 40, 14, 8, 14
COPY = "* price from a copy, not from AWS itself"


@dataclass(frozen=True)
class TrainingCost:
    """`usd` is None where the price or the number of epochs is unknown."""

    base_model: str
    region: str
    epochs: float | None
    price: Price | None
    usd: float | None


def training_costs(tokens: int, model: str | None, epochs: int | None) -> list[TrainingCost]:
    """Of `model`, or of every base model of text, in each region with a price or, without any, in the first one."""
    chosen = [catalog.find(model)] if model else [found for found in models() if _of_text(found)]
    return [cost for found in chosen for cost in _costs(found, tokens, epochs)]


def cost_lines(tokens: int, costs: list[TrainingCost]) -> list[str]:
    """A table, then what its marks mean."""
    head = f"  {'base model':<{MODEL}}{'Region':<{REGION}}{'epochs':>{EPOCHS}}{'USD':>{USD}}"
    lines = [f"cost of one training run, about {tokens:,} tokens x epochs x price (docs/costs.md):", head]
    lines += [_row(cost) for cost in costs]
    notes = []
    if any(cost.price and not cost.price.verified for cost in costs):
        notes.append(COPY)
    if any(cost.price is None for cost in costs):
        notes.append(f"missing prices: {FETCH}")
    return [*lines, *(f"  {note}" for note in notes)]


def _row(cost: TrainingCost) -> str:
    usd = "no price" if cost.price is None else "no epochs" if cost.usd is None else amount(cost.usd)
    mark = "*" if cost.price and not cost.price.verified else ""
    epochs = "unknown" if cost.epochs is None else f"{cost.epochs:g}"
    return f"  {cost.base_model:<{MODEL}}{cost.region:<{REGION}}{epochs:>{EPOCHS}}{usd:>{USD}}{mark}"


def _of_text(model: Model) -> bool:
    customization = model.customizations.get(METHOD)
    return customization is not None and customization.record_format != IMAGE_CAPTION


def _costs(model: Model, tokens: int, epochs: int | None) -> Iterator[TrainingCost]:
    base, regions = model.customization_id or model.inference_id, model.customizations[METHOD].regions
    chosen = epochs or catalog.check_hyperparameters(base, {}).get("epochCount")
    times = float(chosen) if chosen else None
    priced = [region for region in regions if price("training_tokens", model=base, region=region)]
    for region in priced or regions[:1]:
        found = price("training_tokens", model=base, region=region)
        usd = found.of(tokens * times) if found and times else None
        yield TrainingCost(base, region, times, found, usd)
