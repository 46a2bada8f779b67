"""Whether a deploy must look at what serves each customization: CloudFormation compares templates only.

A look is a time in the template, which updates the stack. It stays there until the next look, so that a deploy without
changes updates nothing. Where this cannot tell, the starter looks.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.config import DeploymentConfig
from kit.missing_documents import missing_in_bucket, missing_objects
from kit.stack_outputs import stack_outputs
from kit_contract import parameters
from kit_contract.aws_errors import code_of, says_absent
from kit_contract.run_names import run_of
from kit_contract.stacks import (
    COLLECTOR_OUTPUT,
    LOOK_OUTPUT,
    TRAINING_BUCKET_OUTPUT,
    run_execution_output,
    training_stack,
)

Clients = Callable[[str], Any]
ABSENT = ("ParameterNotFound", "ExecutionDoesNotExist")


def time_of_look(config: DeploymentConfig, clients: Clients, now: datetime, say: Callable[[str], None]) -> str | None:
    """The time of the last look, or `now` where the starter must look. None before the first look."""
    if not config.training:
        return None
    try:
        outputs = stack_outputs(clients("cloudformation"), training_stack(config.deployment.name))
        if outputs is None:  # all of it is new
            return None
        reason = reason_to_look(config, clients, outputs)
    except (ClientError, BotoCoreError) as error:
        reason, outputs = f"what serves is unknown ({error})", {}
    if not reason:
        return outputs.get(LOOK_OUTPUT)
    say(f"training: the starter looks, because {reason}")
    return f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"


def reason_to_look(config: DeploymentConfig, clients: Clients, outputs: Mapping[str, str]) -> str:
    """Empty if everything is as the last deploy left it."""
    if missing := missing_objects(clients("s3"), outputs[TRAINING_BUCKET_OUTPUT]):
        return missing_in_bucket(missing, "objects")
    for name in config.custom_models:
        execution = outputs.get(run_execution_output(name))
        if execution is not None and not _is_settled(config, clients, name, execution):  # a new one is in the template
            return f"{name} is not served by the model of the last deploy, as far as the kit can tell"
    if COLLECTOR_OUTPUT in outputs:
        return "data in S3 may have changed"
    return "files of imported models may have changed" if config.imported_models else ""


def _is_settled(config: DeploymentConfig, clients: Clients, name: str, execution: str) -> bool:
    """Whether the run of the last deploy goes on, or its model serves the alias in full."""
    run = run_of(execution)
    if not run:
        return False
    if _exists(clients("stepfunctions").describe_execution, executionArn=execution).get("status") == "RUNNING":
        return True
    item, kit_deployment = config.custom_models[name], config.deployment.name
    if item.serving != "on-demand" or any(pt.customization == name for pt in config.provisioned_throughput.values()):
        return False
    promoted = _parameter(clients, parameters.customization_promoted(kit_deployment, name))
    serving = _parameter(clients, parameters.alias_serving(kit_deployment, item.alias))
    model, target = promoted.get("custom_model_arn"), serving.get("target_arn")
    if promoted.get("run_id") != run or serving.get("custom_model_arn") != model or not (model and target):
        return False
    bedrock = clients("bedrock")
    if name in config.imported_models:  # its own target
        return target == model and bool(_exists(bedrock.get_imported_model, modelIdentifier=model))
    served = _exists(bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=target)
    if (served.get("status"), served.get("modelArn")) != ("Active", model):
        return False
    return bool(_exists(bedrock.get_custom_model, modelIdentifier=model))


def _parameter(clients: Clients, name: str) -> Mapping[str, Any]:
    value = _exists(clients("ssm").get_parameter, Name=name).get("Parameter", {}).get("Value", "{}")
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _exists(call: Callable[..., Mapping[str, Any]], **arguments: str) -> Mapping[str, Any]:
    """Empty if it does not exist."""
    try:
        return call(**arguments)
    except ClientError as error:
        if code_of(error) not in ABSENT and not says_absent(error):
            raise
        return {}
