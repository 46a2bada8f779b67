"""What a deploy does for the customizations beyond the templates: looks at what serves, and tells what is left."""

from collections.abc import Iterable, Mapping

from kit_contract.evaluations import KEPT
from kit_contract.run_events import HELD_BACK, NOT_SERVED
from kit_contract.stacks import LOOK_CONTEXT, RETRAIN_CONTEXT, RETRY_CONTEXT, run_outcome_output


def training_arguments(look: str | None, retrain: Iterable[str] = (), *, retry_failed: bool = False) -> list[str]:
    """CDK arguments: restore what was deleted by hand, train the deleted models of `retrain` again, and with
    `retry_failed` the runs whose job failed or was stopped.

    `look` is the time of a look (kit/training_look.py): the same one as last time changes nothing.
    """
    arguments = ["-c", f"{LOOK_CONTEXT}={look}"] if look else []
    if names := ",".join(retrain):
        arguments += ["-c", f"{RETRAIN_CONTEXT}={names}"]
    return [*arguments, "-c", f"{RETRY_CONTEXT}=true"] if retry_failed else arguments


def not_served(customizations: Iterable[str], outputs: Mapping[str, str]) -> dict[str, str]:
    """Customization -> why its alias does not get the model of deployment.toml. `outputs` are the training stack's."""
    return _outcomes(customizations, outputs, NOT_SERVED)


def kept(customizations: Iterable[str], outputs: Mapping[str, str]) -> dict[str, str]:
    """Customization -> why the model of deployment.toml was not promoted by its evaluation."""
    return _outcomes(customizations, outputs, KEPT)


def held_back(customizations: Iterable[str], outputs: Mapping[str, str]) -> dict[str, str]:
    """Customization -> why a check or a person keeps the model of deployment.toml from its alias."""
    return _outcomes(customizations, outputs, HELD_BACK)


def _outcomes(customizations: Iterable[str], outputs: Mapping[str, str], beginning: str) -> dict[str, str]:
    found = {name: outputs.get(run_outcome_output(name), "") for name in customizations}
    return {name: text.removeprefix(beginning) for name, text in found.items() if text.startswith(beginning)}
