"""What the training of a run costs by the catalog's prices: estimated tokens of the data x epochs x price."""

from kit.runs.details import Details
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


def run_usd(details: Details, region: str) -> float | None:
    """Of all jobs of the run that trained; 0 if none did."""
    trained = sum(job.status == "Completed" for job in details.run.jobs)
    if not details.run.jobs:
        return 0.0
    one = training_usd(details, region)
    return None if one is None or trained < len(details.run.jobs) else one * trained
