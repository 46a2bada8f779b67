"""What CloudFormation does not know: what serves, what was deleted by hand, lost documents, models that end, prices."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.checks.models import model_warnings
from deployment.config import DeploymentConfig
from kit.deleted_resources import generation_arguments
from kit.drift.finding import Finding, Kind
from kit.missing_documents import restoring_arguments
from kit.stack_outputs import stack_outputs
from kit.training_look import reason_to_look
from kit_contract.stacks import training_stack
from model_catalog.prices import prices

Clients = Callable[[str], Any]
OLD_PRICES = datetime.timedelta(days=90)
AGAIN = "kit deploy: it looks, and repairs it"


def drift_of_serving(config: DeploymentConfig, clients: Clients) -> Iterator[Finding]:
    """By the looks that a deploy takes, too."""
    said: list[str] = []
    restoring_arguments(config, clients, said.append)
    generation_arguments(config, clients, said.append)
    for line in said:
        if line.startswith("warning: "):
            yield Finding(Kind.UNKNOWN, config.deployment.name, line.removeprefix("warning: "))
        else:
            yield Finding(Kind.SERVING, config.deployment.name, line, AGAIN)
    if config.training:
        yield from _of_training(config, clients)


def _of_training(config: DeploymentConfig, clients: Clients) -> Iterator[Finding]:
    stack = training_stack(config.deployment.name)
    try:
        outputs = stack_outputs(clients("cloudformation"), stack)
        reason = reason_to_look(config, clients, outputs) if outputs else ""
    except (ClientError, BotoCoreError) as error:
        yield Finding(Kind.UNKNOWN, stack, f"what serves cannot be looked at: {error}")
        return
    if not reason:
        return
    if " may have changed" in reason:  # only the starter can tell
        yield Finding(Kind.UNKNOWN, stack, reason, AGAIN)
    else:
        yield Finding(Kind.SERVING, stack, reason, AGAIN)


def ends_and_prices(config: DeploymentConfig, today: datetime.date) -> Iterator[Finding]:
    """Models that end soon, and prices that nobody has fetched for long."""
    for warning in model_warnings(config, today):
        where, _, text = warning.partition(": ")
        kind = Kind.UNKNOWN if "is not in the model catalog" in text else Kind.END_OF_LIFE
        yield Finding(kind, where, text, "kit models refresh, kit models; change the model in deployment.toml")
    fetched = [price.date for price in prices() if price.entered == "api"]
    newest = max(fetched or [price.date for price in prices()], default="")
    if not newest or today - day_of(newest) > OLD_PRICES:
        why = f"the newest price is of {newest or 'no day'}, more than {OLD_PRICES.days} days ago"
        yield Finding(Kind.PRICES, "price catalog", why, "kit models refresh, and commit model_catalog/prices.json")


def day_of(date: str) -> datetime.date:
    """Some sources name a month only: its first day."""
    return datetime.date.fromisoformat(f"{date}-01"[:10])
