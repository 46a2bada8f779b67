"""Faults of [training.customizations.*.reinforcement]: the grader's files, its entry point, the models it may ask.

https://docs.aws.amazon.com/bedrock/latest/userguide/reward-functions.html
"""

from collections.abc import Iterator

from deployment.checks.models import require_answers
from deployment.checks.python_code import function_faults
from deployment.config import DeploymentConfig
from deployment.sections.reinforcement import Reinforcement
from deployment.sections.training import Customization
from model_catalog import catalog

METHOD = "REINFORCEMENT_FINE_TUNING"


def reinforcement_faults(where: str, item: Customization, config: DeploymentConfig) -> Iterator[str]:
    where = f"{where}.reinforcement"
    section = item.reinforcement
    if (item.method == METHOD) != (section is not None):
        given = f"method = {item.method!r} and {'a' if section else 'no'} section {where}"
        yield f"{where}: method = {METHOD!r} and this section go together, got {given}; add or remove one"
    elif section:
        yield from _grader_faults(where, section)
        for model in section.judge_models:
            try:
                require_answers(model, config.deployment.region)
            except catalog.CatalogError as error:
                yield f"{where}.judge_models: {error}"


def _grader_faults(where: str, section: Reinforcement) -> Iterator[str]:
    if section.grader is None:
        if section.judge_models or section.handler:
            yield (
                f"{where}.grader_arn: handler and judge_models are of a grader that the kit makes, not of a function "
                "that exists; remove them, and give the function's role its rights yourself"
            )
        return
    yield from function_faults(f"{where}.grader", section.grader, section.entry_point, fix="set handler")
