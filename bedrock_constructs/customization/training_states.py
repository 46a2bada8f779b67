"""The states that train: one customization job each, which .sync waits for, up to 14 days in one state."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.lambda_task import QUOTA
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG

VALIDATION_URI = "States.Format('s3://{}/{}', $.specification.bucket, $.specification.validation_key)"
VALIDATION = {"ValidationDataConfig": {"Validators": [{"S3Uri.$": VALIDATION_URI}]}}


def add_training(
    scope: Construct, choice: sfn.Choice, kit_deployment: str, failed: sfn.Fail, following: sfn.IChainable
) -> None:
    """Lets the choice train by what the specification holds, then goes on with `following`."""
    train = _train(scope, "Train", kit_deployment).add_catch(failed, result_path="$.failure")
    validated = _train(scope, "TrainAndValidate", kit_deployment, VALIDATION)
    validated.add_catch(failed, result_path="$.failure")
    choice.when(sfn.Condition.is_present("$.specification.validation_key"), validated.next(following))
    choice.otherwise(train.next(following))


def _train(scope: Construct, name: str, kit_deployment: str, more: Mapping[str, Any] = {}) -> sfn.CustomState:
    names = "States.Format('s3://{}/{}', $.specification.bucket, $.key)"
    output = "States.Format('s3://{}/{}{}/', $.specification.bucket, $.specification.output_prefix, $.run_id)"
    tags = [
        {"Key": DEPLOYMENT_TAG, "Value": kit_deployment},
        {"Key": ALIAS_TAG, "Value.$": "$.specification.alias"},
    ]
    state = {
        "Type": "Task",
        "Resource": f"arn:{Stack.of(scope).partition}:states:::bedrock:createModelCustomizationJob.sync",
        "Parameters": {
            "JobName.$": "$.check.job_name",
            "CustomModelName.$": "$.custom_model_name",
            "RoleArn.$": "$.specification.role_arn",
            "BaseModelIdentifier.$": "$.specification.base_model",
            "CustomizationType.$": "$.specification.method",
            "HyperParameters.$": "$.specification.hyperparameters",
            "TrainingDataConfig": {"S3Uri.$": names},
            "OutputDataConfig": {"S3Uri.$": output},
            **more,
            "JobTags": tags,
            "CustomModelTags": tags,
            "ClientRequestToken.$": "$.check.client_request_token",
        },
        "ResultSelector": {"custom_model_arn.$": "$.OutputModelArn", "job_arn.$": "$.JobArn"},
        "ResultPath": "$.model",
        "Retry": [
            {
                "ErrorEquals": ["Bedrock.ThrottlingException", "Bedrock.InternalServerException"],
                "IntervalSeconds": 30,
                "MaxAttempts": 5,
                "BackoffRate": 2,
                "JitterStrategy": "FULL",
            },
            # Ten jobs may be scheduled at a time: the others of a deploy wait for their turn, for a day.
            {"ErrorEquals": [f"Bedrock.{QUOTA}"], "IntervalSeconds": 600, "MaxAttempts": 144, "BackoffRate": 1},
        ],
    }
    return sfn.CustomState(scope, name, state_json=state)
