"""OpenAI's hyperparameters and those of the base model. "auto", and what is left out, is deployment.toml's. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from inference_api.fields import invalid, refuse_others
from kit_contract.runs import Hyperparameters

NAMES = {"n_epochs": "epochCount", "batch_size": "batchSize", "learning_rate_multiplier": "learningRate"}
LARGEST = 1e18
WHERE = "method.supervised.hyperparameters."


def chosen(
    given: Mapping[str, Any], deployed: Hyperparameters, bounds: Mapping[str, Sequence[float]], base_model: str
) -> dict[str, str]:
    """The hyperparameters of the job. Raises ApiError 400 for those that the base model has not, or not so."""
    refuse_others(given, NAMES, where=WHERE)
    result = dict(deployed)
    for name, value in given.items():
        if value in (None, "auto"):
            continue
        own, param = NAMES[name], f"{WHERE}{name}"
        if own not in deployed or own not in bounds:
            known = ", ".join(other for other, theirs in NAMES.items() if theirs in deployed and theirs in bounds)
            raise invalid(param, f'{param} is not one of {base_model}; leave it out or say "auto". It has {known}')
        result[own] = _value(param, value, own, deployed[own], bounds[own], base_model)
    return result


def shown(values: Hyperparameters, deployed: Hyperparameters) -> dict[str, Any]:
    """As OpenAI's clients read them. What only Bedrock knows is "auto"."""
    found: dict[str, Any] = dict.fromkeys(NAMES, "auto")
    for name in ("n_epochs", "batch_size"):
        if NAMES[name] in values:
            found[name] = int(values[NAMES[name]])
    rate, usual = values.get(NAMES["learning_rate_multiplier"]), deployed.get(NAMES["learning_rate_multiplier"])
    if rate and usual and rate != usual:
        found["learning_rate_multiplier"] = round(float(rate) / float(usual), 6)
    return found


def _value(param: str, value: Any, own: str, deployed: str, bounds: Sequence[float], base_model: str) -> str:
    """As the kit writes it for a deploy: the same values give the same run."""
    least, most = bounds
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(param, f'{param} must be a number or "auto", got {type(value).__name__}')
    if not abs(value) <= LARGEST:  # Infinity and NaN, which Python reads in JSON, included
        raise invalid(param, f"{param} must be a number of a usual size")
    if own == NAMES["learning_rate_multiplier"]:
        rate = float(deployed) * value
        if not least <= rate <= most:
            allowed = f"{least / float(deployed):g} to {most / float(deployed):g}"
            raise invalid(param, f"{param} must be {allowed} for {base_model} (of its {deployed}), got {value:g}")
        return f"{rate:.10f}".rstrip("0").rstrip(".")
    if value != int(value) or not least <= value <= most:
        raise invalid(
            param, f"{param} must be a whole number from {least:g} to {most:g} for {base_model}, got {value:g}"
        )
    return str(int(value))
