"""What the training of a run costs by the catalog's prices: estimated tokens of the data x epochs x price."""

from typing import NamedTuple

from kit.runs.details import Details
from kit.runs.model_source import is_external
from kit.runs.words import usd
from kit_contract.external_models import IMPORT
from model_catalog.prices import price

BY_TOKENS = ("FINE_TUNING", "CONTINUED_PRE_TRAINING")


def training_usd(details: Details, region: str) -> float | None:
    """Of one job; None if tokens, epochs or the price are unknown."""
    epochs = details.hyperparameters.get("epochCount")
    found = price("training_tokens", model=details.base_model, region=region) if details.base_model else None
    if details.method not in BY_TOKENS or not details.tokens or not epochs or found is None:
        return None
    try:
        return found.of(details.tokens * float(epochs))
    except ValueError:  # "Auto"
        return None


class RunCost(NamedTuple):
    """`usd` of the jobs that trained, None if unknown. `whole`: no other job may have been billed as well."""

    usd: float | None
    whole: bool


def run_cost(details: Details, region: str) -> RunCost:
    if is_external(details):  # no source of the kit has a price of a copy or a registration; an import is free
        return RunCost(0.0 if details.method == IMPORT else None, True)
    jobs = details.run.jobs
    trained = sum(job.status == "Completed" for job in jobs)
    if not jobs:
        return RunCost(0.0, True)
    one = training_usd(details, region)
    return RunCost(None if one is None or not trained else one * trained, trained == len(jobs))


def cost_text(cost: RunCost) -> str:
    """A plus says that a job that did not finish is billed as well, by an amount that Bedrock does not tell."""
    return usd(cost.usd) + ("" if cost.whole or cost.usd is None else "+")
