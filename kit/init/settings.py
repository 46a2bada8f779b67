"""What differs between two projects of `kit init`, and how a template says it."""

import re
from dataclasses import dataclass

from kit.init.models import invocation_id, trainable
from kit.pipeline.rendering import rendered
from kit_contract.version import VERSION

CHAT, ANSWERS, BASE = "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0:128k"
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
            "account": self.account is not None,
            "no_account": self.account is None,
            "github": self.pipeline == "github",
            "gitlab": self.pipeline == "gitlab",
        }
