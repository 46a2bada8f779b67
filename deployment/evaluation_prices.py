"""The prices of an evaluation's tokens, for its report: a custom model on demand, what serves now, the judge."""

from deployment.config import DeploymentConfig
from deployment.evaluated_models import baseline_model
from deployment.sections.training import CustomModel
from model_catalog.prices import price


def evaluation_prices(config: DeploymentConfig, item: CustomModel) -> dict[str, tuple[float, float]]:
    """Role -> USD for an input token and for an output token; a role is missing if a price is unknown.

    The baseline is the foundation model; the report counts a custom model that serves at the candidate's price.
    """
    assert item.evaluation
    models = {
        "candidate": ("custom_", item.base_model),
        "baseline": ("", baseline_model(config, item)),
        "judge": ("", item.evaluation.judge_model),
    }
    found = {}
    for role, (prefix, model) in models.items():
        if model is None:
            continue
        prices = [
            price(f"{prefix}{way}_tokens", model=model, region=config.deployment.region) for way in ("input", "output")
        ]
        if prices[0] and prices[1]:
            found[role] = (prices[0].of(1), prices[1].of(1))
    return found
