"""What a record says of whether it is to be learned: Bedrock has no loss mask, it trains on every answer. Pure."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from training_data.conversation import Conversation

PREFERENCE = "chosen"
USES = (PREFERENCE, "weight-0", "label-false")
# Keys that say yes or no. OpenAI's messages have weight, KTO's records label.
LABELS = ("label", "chosen", "train")
NO, YES = ("false", "0", "0.0"), ("true", "1", "1.0")


def require_chosen(uses: Collection[str]) -> None:
    if PREFERENCE not in uses:
        raise ValueError(
            "is a preference (chosen and rejected), which fine-tuning on Bedrock does not learn from; "
            "--use chosen (deployment.toml: use) trains on the chosen answers, as if the rejected ones were not there"
        )


def without_signals(conversation: Conversation, uses: Collection[str]) -> Conversation:
    """The conversation without the keys that were heeded. Raises ValueError for one that is not to be learned."""
    heeded = {key for key, value in conversation.others.items() if _heeded(key, value, uses)}
    others = {key: value for key, value in conversation.others.items() if key not in heeded}
    return replace(conversation, others=others) if heeded else conversation


def _heeded(key: str, value: Any, uses: Collection[str]) -> bool:
    name = key.rpartition(".")[2]
    said = str(value).strip().lower()
    if name == "weight":
        use = "weight-0"
    elif name in LABELS and said in (NO[0], YES[0]):
        use = "label-false"
    else:
        return False
    if said in NO and use not in uses:
        raise ValueError(
            f"{key} is {value}, so it is not to be learned, but Bedrock trains on every answer of a record; "
            f"drop the record, or --use {use} (deployment.toml: use) trains on it all the same"
        )
    return said in (*NO, *YES)
