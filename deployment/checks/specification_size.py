"""What to shorten where the settings of a customization do not fit into its SSM parameter, and how long each is.

A parameter of the standard tier is free and holds 4 KB. The advanced tier holds 8 KB, is billed by the month for each
parameter, and can't become a standard one again, so the kit does not change to it by itself.
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

SHOWN = 4
SECTIONS = ("evaluation", "promotion")
# In the parameter -> in deployment.toml, where they are not called the same; empty: made by the kit.
SETTINGS = {
    "evaluation.dataset_key": "",
    "evaluation.prices": "",
    "evaluation.topic_arn": "",
    "evaluation.baseline": "evaluation.baseline_model",
}
NAMED = ("hyperparameters", "job_members", "method_settings")


def advice(value: str) -> str:
    """For a specification in JSON; empty for every other value."""
    try:
        found = json.loads(value)
    except ValueError:
        return ""
    if not isinstance(found, dict) or "customization" not in found:
        return ""
    sizes = sorted(_sizes(found), key=lambda item: -item[1])[:SHOWN]
    told = ", ".join(f"{name} {size:,}" for name, size in sizes)
    return (
        f"shorten what is long in [training.customizations.{found['customization']}], in bytes: {told}; a quotation "
        "mark, a backslash and a line break count twice"
    )


def _sizes(found: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The settings that a person wrote."""
    for name in NAMED:
        if name in found:
            yield name, _bytes(found[name])
    for section in SECTIONS:
        for key, item in found.get(section, {}).items():
            if name := SETTINGS.get(f"{section}.{key}", f"{section}.{key}"):
                yield name, _bytes(item)


def _bytes(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
