"""Faults of [training.customizations.*.distillation]: teacher, response length, source of the prompts.

https://docs.aws.amazon.com/bedrock/latest/userguide/prequisites-model-distillation.html
"""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.sections.distillation import Distillation
from deployment.sections.training import Customization
from model_catalog import catalog

METHOD = "DISTILLATION"


def distillation_faults(where: str, item: Customization, config: DeploymentConfig) -> Iterator[str]:
    if (item.method == METHOD) != (item.distillation is not None):
        given = f"method = {item.method!r} and {'a' if item.distillation else 'no'} section {where}.distillation"
        yield f"{where}.distillation: method = {METHOD!r} and this section go together, got {given}; add or remove one"
    elif item.distillation:
        yield from _teacher_faults(f"{where}.distillation", item, item.distillation, config.deployment.region)
        yield from _log_faults(where, item, item.distillation)


def _teacher_faults(where: str, item: Customization, section: Distillation, region: str) -> Iterator[str]:
    try:
        allowed = catalog.customizable(item.base_model, region, METHOD).teachers
    except catalog.CatalogError:
        return  # reported with the base model
    teacher = section.teacher_model
    if catalog.without_prefix(teacher) not in allowed:
        yield (
            f"{where}.teacher_model: the teacher of {item.base_model} must be one of {', '.join(allowed)}, also "
            f"through an inference profile, got {teacher}; change it"
        )
        return
    try:
        most = catalog.invocable(teacher, region).max_output_tokens
    except catalog.CatalogError as error:
        yield f"{where}.teacher_model: {error}"
        return
    if section.max_response_length and most and section.max_response_length > most:
        yield (
            f"{where}.max_response_length: {teacher} writes at most {most} tokens, got {section.max_response_length}; "
            "lower it"
        )


def _log_faults(where: str, item: Customization, section: Distillation) -> Iterator[str]:
    if section.invocation_logs is None:
        return
    for key, files in (("dataset", item.dataset), ("validation_dataset", item.validation_dataset)):
        if files:
            yield (
                f"{where}.{key}: Bedrock takes prompts of a file or of invocation logs, got both; remove this setting "
                f"or {where}.distillation.invocation_logs"
            )
