"""The API of fine-tuning, between two stacks: the training stack writes the names that the API's stack reads."""

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm

from bedrock_constructs.customization.workflow import CustomizationWorkflow
from bedrock_constructs.fine_tuning_api.api import FineTuningApi
from bedrock_constructs.inference_api.api import InferenceApi
from deployment.config import DeploymentConfig
from kit_contract import parameters
from model_catalog import catalog
from stacks.parameter_value import parameter_value

METHOD = "FINE_TUNING"


def publish_training(stack: cdk.Stack, config: DeploymentConfig, bucket: str, workflow: CustomizationWorkflow) -> None:
    """`bucket`: its name. Nothing that nobody reads: callers that may fine-tune, and the stack of operations."""
    name = config.deployment.name
    published = []
    if config.inference_api and config.inference_api.fine_tuning_keys:
        published += [
            ("BucketName", parameters.training_bucket(name), bucket),
            ("StarterName", parameters.training_starter(name), workflow.starter.function_name),
        ]
    if published or config.operations:
        workflow_name = workflow.state_machine.state_machine_name
        published.append(("WorkflowName", parameters.training_workflow(name), workflow_name))
    for construct_id, parameter, value in published:
        ssm.StringParameter(stack, construct_id, parameter_name=parameter, string_value=value)


def add_fine_tuning_api(stack: cdk.Stack, config: DeploymentConfig, api: InferenceApi) -> None:
    section, name = config.inference_api, config.deployment.name
    if not (section and section.fine_tuning_keys and config.training):
        return
    FineTuningApi(
        stack,
        "FineTuningApi",
        api=api,
        kit_deployment=name,
        bucket_name=parameter_value(stack, "TrainingBucket", parameters.training_bucket(name)),
        starter_name=parameter_value(stack, "TrainingStarter", parameters.training_starter(name)),
        workflow_name=parameter_value(stack, "TrainingWorkflow", parameters.training_workflow(name)),
        kms_key_arn=config.training.kms_key_arn,
        keys=section.fine_tuning_keys,
        bounds=_bounds(config),
        cors_origins=section.cors_origins,
    )


def _bounds(config: DeploymentConfig) -> dict[str, dict[str, list[float]]]:
    """Of the hyperparameters that are numbers."""
    return {
        name: {
            own: [bounds.min, bounds.max]
            for own, bounds in catalog.find(item.base_model).customizations[METHOD].hyperparameters.items()
            if bounds.kind != "choice"
        }
        for name, item in config.customizations.items()
        if item.method == METHOD
    }
