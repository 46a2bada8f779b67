"""What differs between two projects of `kit init`, and how a template says it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from kit.pipeline.rendering import rendered
from kit_contract.version import VERSION
from model_catalog import catalog
from model_catalog.agentcore_regions import HARNESS_REGIONS

# The first that is offered in the Region; the cheapest comes first.
CHAT = ("amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-2-lite-v1:0")
ANSWERS = CHAT[1:]
BASE = "amazon.nova-micro-v1:0:128k"
# The lines between `# kit:if NAME` and `# kit:end` are left out where NAME doesn't hold; the markers always are.
CONDITION = re.compile(r"^# kit:if (\w+)\n(.*?)^# kit:end\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Settings:
    """`pipeline`: github, gitlab or none."""

    name: str
    region: str
    account: str | None = None
    pipeline: str = "none"

    def filled(self, text: str) -> str:
        """A template with its <<placeholders>> replaced. Raises KeyError for one that doesn't exist."""
        holds = self._holds()
        return rendered(CONDITION.sub(lambda found: found[2] if holds[found[1]] else "", text), self._values())

    def _values(self) -> dict[str, str]:
        return {
            "name": self.name,
            "region": self.region,
            "account": self.account or "",
            "version": VERSION,
            "chat_model": invocation_id(CHAT, self.region),
            "answering_model": invocation_id(ANSWERS, self.region),
            "base_model": BASE,
        }

    def _holds(self) -> dict[str, bool]:
        can_train = trainable(BASE, self.region)
        return {
            "training": can_train,
            "no_training": not can_train,
            "agents": self.region in HARNESS_REGIONS,
            "no_agents": self.region not in HARNESS_REGIONS,
            "account": self.account is not None,
            "no_account": self.account is None,
            "github": self.pipeline == "github",
            "gitlab": self.pipeline == "gitlab",
        }


def invocation_id(model_ids: Sequence[str], region: str) -> str:
    """The first of the models that is offered: its id, or the inference profile of the Region.

    Where none is, the check of the file says so of the first.
    """
    for model_id in model_ids:
        profiles = [f"{prefix}.{model_id}" for prefix in catalog.find(model_id).profiles]
        for identifier in (model_id, *profiles):
            with suppress(catalog.CatalogError):
                catalog.invocable(identifier, region)
                return identifier
    return model_ids[0]


def trainable(base_model: str, region: str) -> bool:
    try:
        catalog.customizable(base_model, region)
    except catalog.CatalogError:
        return False
    return True
