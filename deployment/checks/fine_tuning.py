"""Faults of `fine_tuning_keys` of [inference_api]: callers can train only what the file describes."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig


def fine_tuning_faults(config: DeploymentConfig) -> Iterator[str]:
    if config.inference_api and config.inference_api.fine_tuning_keys and not config.customizations:
        yield (
            "inference_api.fine_tuning_keys: there is nothing to fine-tune, got no [training.customizations.*]; add a "
            "customization, or remove the setting"
        )
