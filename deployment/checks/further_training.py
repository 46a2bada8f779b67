"""Faults of a customization that trains a custom model further.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-submit.html: "You can choose either a
foundation model or a previously customized model (fine-tuned or distilled) as your base model."
"""

from collections.abc import Iterator, Mapping

from deployment.config import DeploymentConfig
from deployment.sections.training import Customization
from kit_contract.model_arns import model_arn


def further_training_faults(where: str, item: Customization, config: DeploymentConfig) -> Iterator[str]:
    if not item.base_customization and not item.base_custom_model:
        return
    if item.base_customization and item.base_custom_model:
        yield f"{where}: base_customization and base_custom_model are two starting points; remove one"
    elif item.method != "FINE_TUNING":
        yield (
            f"{where}.method: Bedrock documents further training for FINE_TUNING only, got {item.method}; remove "
            "base_customization or base_custom_model, or fine-tune"
        )
    elif item.base_customization:
        yield from _customization_faults(f"{where}.base_customization", item, config)
    elif item.base_custom_model:
        yield from _model_faults(f"{where}.base_custom_model", item, item.base_custom_model)


def ancestors(item: Customization, customizations: Mapping[str, Customization]) -> Iterator[str]:
    """The customizations that are trained before this one, the nearest first; ends before a circle closes."""
    seen: set[str] = set()
    name = item.base_customization
    while name and name in customizations and name not in seen:
        seen.add(name)
        yield name
        name = customizations[name].base_customization


def _customization_faults(where: str, item: Customization, config: DeploymentConfig) -> Iterator[str]:
    others, name = config.customizations, item.base_customization or ""
    parent = others.get(name)
    if name in config.external_models:
        yield (
            f"{where}: must be a customization, got {name!r} of [{config.section_of(name)}]; name its custom model in "
            "base_custom_model once it is there: kit runs show tells the ARN"
        )
    elif parent is None:
        yield f"{where}: must be one of {', '.join(others)}, got {item.base_customization!r}; change it"
    elif any(others[name] is item for name in ancestors(item, others)):
        yield f"{where}: a customization cannot be trained further from its own model; name another one"
    elif parent.base_model != item.base_model:
        yield (
            f"{where}: base_model must be that of {item.base_customization}, {parent.base_model}, got "
            f"{item.base_model}; change it"
        )


def _model_faults(where: str, item: Customization, text: str) -> Iterator[str]:
    arn = model_arn(text)
    assert arn
    base = arn.name.rpartition("/")[0]
    if base == "imported":
        yield f"{where}: Bedrock documents no further training of an imported model, got {text}; train its base model"
    elif base != item.base_model:
        yield f"{where}: a model of {base}, so base_model must be {base}, got {item.base_model}; change one of them"
