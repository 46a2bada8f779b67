"""Warnings about models that AWS sells through AWS Marketplace: who subscribes the account, and who pays.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
"""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.named_models import named_models
from model_catalog import catalog

PAYMENT = "the account needs a valid payment method"


def model_access_warnings(config: DeploymentConfig) -> Iterator[str]:
    """At most one warning, for all models together; none for models that are not sold through AWS Marketplace."""
    sold = sorted(_sold_through_marketplace(config))
    if not sold:
        return
    what = f"model_access: sold through AWS Marketplace: {', '.join(sold)}"
    if config.model_access:
        yield f"{what}; the deploy subscribes the account, and {PAYMENT} for it"
    else:
        yield (
            f"{what}; the first call subscribes the account, {PAYMENT} and the caller aws-marketplace:Subscribe, "
            "Unsubscribe and ViewSubscriptions, which the API's function does not have; add [model_access], or call "
            "each model once with a role that may subscribe"
        )


def _sold_through_marketplace(config: DeploymentConfig) -> set[str]:
    found = set()
    for _, identifier in named_models(config):
        try:
            model = catalog.find(config.model_id(identifier) or "")
        except catalog.CatalogError:
            continue  # a model that the catalog does not list, or that no id tells
        if model.access != "none":
            found.add(model.inference_id if model.access else f"{model.inference_id} (perhaps: no source says)")
    return found
