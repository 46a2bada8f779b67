"""Custom models that nobody owns: their customization or stack was removed, and each is billed by the month."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from billed_resources.cost import DAYS_PER_MONTH
from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.listing import Clients, custom_models, imported_models
from billed_resources.owner import MODELS, Owner, OwnerKind, owner_of
from billed_resources.resource import BilledResource, Kind
from billed_resources.stack_lookup import StackLookup
from kit_contract.tags import DEPLOYMENT_TAG


def kept_models(owned: Iterable[tuple[BilledResource, Owner]]) -> list[BilledResource]:
    return [item for item, owner in owned if item.kind in MODELS and owner.kind is OwnerKind.NOBODY]


def kept_models_of(deployment: str, clients: Clients, region: str, now: datetime) -> list[BilledResource]:
    """Those of one deployment. Raises ClientError, BotoCoreError."""
    stacks, parameters = StackLookup(clients.cloudformation), read_kit_parameters(clients.ssm)
    listed = (*custom_models(clients, region, now), *imported_models(clients, region, now))
    models = [model for model in listed if (model.tags or {}).get(DEPLOYMENT_TAG) == deployment]
    return kept_models((model, owner_of(model, stacks, parameters)) for model in models)


def kept_models_lines(models: Sequence[BilledResource], region: str) -> list[str]:
    """Each with its price and the command that deletes it; empty without models."""
    if not models:
        return []
    known = [model.usd_per_day * DAYS_PER_MONTH for model in models if model.usd_per_day is not None]
    cost = f"{sum(known):,.2f} USD a month" if len(known) == len(models) else "an unknown sum by the month"
    lines = [f"Custom models that no customization uses: {len(models)}, {cost} for storage. Delete them:"]
    return [*lines, *(f"  {_command(model)} --model-identifier {model.name} --region {region}" for model in models)]


def _command(model: BilledResource) -> str:
    kind = "imported" if model.kind is Kind.IMPORTED_MODEL else "custom"
    return f"aws bedrock delete-{kind}-model"
