"""What differs between two projects of `kit init`, and how a template says it."""

import re
from dataclasses import dataclass

from kit.init.models import invocation_id, trainable
from kit_contract.version import VERSION

PLACEHOLDER = re.compile(r"__KIT_([A-Z_]+)__")
CHAT, ANSWERS, BASE = "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0:128k"
# The lines between `# kit:if NAME` and `# kit:end` are left out where NAME doesn't hold; the markers always are.
CONDITION = re.compile(r"^# kit:if (\w+)\n(.*?)^# kit:end\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Settings:
    name: str
    region: str
    account: str | None = None

    def filled(self, text: str) -> str:
        """A template with its placeholders replaced. Raises KeyError for one that doesn't exist."""
        values, holds = self._values(), self._holds()
        kept = CONDITION.sub(lambda found: found[2] if holds[found[1]] else "", text)
        return PLACEHOLDER.sub(lambda found: values[found[1]], kept)

    def _values(self) -> dict[str, str]:
        return {
            "NAME": self.name,
            "REGION": self.region,
            "ACCOUNT": self.account or "111122223333",
            "VERSION": VERSION,
            "CHAT_MODEL": invocation_id(CHAT, self.region),
            "ANSWERING_MODEL": invocation_id(ANSWERS, self.region),
            "BASE_MODEL": BASE,
        }

    def _holds(self) -> dict[str, bool]:
        can_train = trainable(BASE, self.region)
        return {
            "training": can_train,
            "no_training": not can_train,
            "account": self.account is not None,
            "no_account": self.account is None,
        }
