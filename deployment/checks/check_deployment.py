"""Checks deployment.toml against the model catalog and itself before synth, and reports all faults at once."""

import datetime

from deployment.checks.agents import agent_faults
from deployment.checks.arns import arn_faults
from deployment.checks.budget import budget_faults
from deployment.checks.evaluation import evaluation_faults
from deployment.checks.external_models import external_model_faults
from deployment.checks.guardrails import guardrail_faults
from deployment.checks.inference_api import inference_api_faults
from deployment.checks.knowledge_base import knowledge_base_faults
from deployment.checks.names import name_faults
from deployment.checks.pipeline import pipeline_faults
from deployment.checks.promotion import promotion_faults
from deployment.checks.prompts import prompt_faults
from deployment.checks.provisioned_throughput import provisioned_throughput_faults
from deployment.checks.provisioned_throughput_price import price_faults
from deployment.checks.training import training_faults
from deployment.config import ConfigError, DeploymentConfig


def check_deployment(
    config: DeploymentConfig,
    file: str = "deployment.toml",
    *,
    today: datetime.date | None = None,
    prices_accepted: bool = True,
    account: str | None = None,
) -> None:
    """Raise ConfigError with everything in `config` that Bedrock would refuse or that contradicts itself.

    `today` decides which models have reached end of life. `prices_accepted`: provisioned throughput whose price the
    file does not accept is a fault. `account` is compared with that of ARNs in the file.
    """
    today = today or datetime.datetime.now(datetime.UTC).date()
    faults = [
        *budget_faults(config),
        *name_faults(config),
        *training_faults(config, today),
        *external_model_faults(config, today, account),
        *evaluation_faults(config, today),
        *promotion_faults(config),
        *provisioned_throughput_faults(config, today),
        *(price_faults(config) if prices_accepted else ()),
        *knowledge_base_faults(config, today),
        *prompt_faults(config, today),
        *agent_faults(config, today),
        *inference_api_faults(config, today, account),
        *guardrail_faults(config),
        *arn_faults(config, account),
        *pipeline_faults(config),
    ]
    if faults:
        raise ConfigError([f"{file}: {config.placed(fault)}" for fault in faults])
