"""Faults of [training.customizations.*.promotion]: checks that could never decide anything."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.sections.promotion import Promotion
from deployment.sections.training import CustomModel

SHORTEST_WATCH = 5
LONGEST_PROMPTS = 1_500
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
RESOLVED = "{{resolve:"
COMPARED = ("canary_minutes", "too_few_requests", "max_latency_ratio")
MEASURED = ("min_requests", "max_error_percent", "max_refusal_percent")


def promotion_faults(config: DeploymentConfig) -> Iterator[str]:
    for name, item in config.custom_models.items():
        if item.promotion:
            where = f"{config.section_of(name)}.promotion"
            yield from _prompt_faults(where, item.promotion)
            yield from _unused_faults(where, item.promotion)
            yield from _serving_faults(where, item, item.promotion)
            yield from _caller_faults(where, item, item.promotion, config)


def _prompt_faults(where: str, section: Promotion) -> Iterator[str]:
    """They are in a template and in a parameter, which holds 4 KB with the rest of the settings."""
    size = sum(len(prompt.encode()) for prompt in section.smoke_prompts)
    if size > LONGEST_PROMPTS:
        yield (
            f"{where}.smoke_prompts: must have at most {LONGEST_PROMPTS:,} bytes together, got {size:,}; shorten them, "
            "or ask more in an evaluation"
        )
    for number, prompt in enumerate(section.smoke_prompts):
        if RESOLVED in prompt:
            yield f"{where}.smoke_prompts.{number}: CloudFormation would replace {RESOLVED}...}}}}; write it otherwise"


def _unused_faults(where: str, section: Promotion) -> Iterator[str]:
    given = [key for key, field in Promotion.model_fields.items() if getattr(section, key) != field.default]
    if 0 < section.watch_minutes < SHORTEST_WATCH:
        yield (
            f"{where}.watch_minutes: must be 0 or at least {SHORTEST_WATCH}, got {section.watch_minutes}: metrics of "
            "a minute arrive up to two minutes later; raise it"
        )
    unused = [] if section.canary_percent else [key for key in COMPARED if key in given]
    yield from (f"{where}.{key}: compares during a canary only; set canary_percent, or remove {key}" for key in unused)
    measured = section.canary_percent or section.watch_minutes
    unused = [] if measured else [key for key in MEASURED if key in given]
    yield from (
        f"{where}.{key}: nothing is measured; set canary_percent or watch_minutes, or remove {key}" for key in unused
    )
    if not (measured or section.smoke_prompts or section.keep_models):
        yield (
            f"{where}: asks for nothing; set smoke_prompts, canary_percent, watch_minutes or keep_models, or "
            "remove the section"
        )


def _serving_faults(where: str, item: CustomModel, section: Promotion) -> Iterator[str]:
    checks = {"smoke_prompts": section.smoke_prompts, "canary_percent": section.canary_percent}
    for key in (key for key, value in {**checks, "watch_minutes": section.watch_minutes}.items() if value):
        if item.serving == "provisioned":
            yield (
                f"{where}.{key}: not with serving = 'provisioned': a new model is tried on a deployment of its own "
                "beside the one that serves; use serving = 'on-demand', or remove it"
            )


def _caller_faults(where: str, item: CustomModel, section: Promotion, config: DeploymentConfig) -> Iterator[str]:
    for key in ("canary_percent", "watch_minutes"):
        if getattr(section, key) and item.alias not in config.aliases:
            yield (
                f"{where}.{key}: the API sends the requests and measures them, and {item.alias!r} is not one of its "
                f"aliases; add [inference_api.aliases.{item.alias}], or remove it"
            )
