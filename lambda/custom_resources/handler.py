"""The edge of the custom resources: the two functions that the CDK provider framework calls."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config

from custom_resources import lifecycle
from custom_resources.bucket_objects import BucketObjectsResource
from custom_resources.custom_model_deployment import CustomModelDeploymentResource
from custom_resources.customization_start import CustomizationStartResource
from custom_resources.lifecycle import AsyncResource, ResourceFailedError
from custom_resources.model_access import ModelAccessResource
from custom_resources.provisioned_throughput import ProvisionedThroughputResource

Factory = Callable[[], AsyncResource]


def resources(session: boto3.Session, region: str) -> dict[str, Factory]:
    """Every custom resource type of the kit; clients are made only for the type that is asked for."""
    # CloudFormation works on many resources at once: Bedrock's control plane throttles, and waiting costs nothing.
    patient = Config(region_name=region, retries={"mode": "standard", "total_max_attempts": 8})
    # Starting a run is not repeated by the client: the starter may have started it before its answer was lost.
    once = Config(region_name=region, read_timeout=300, retries={"mode": "standard", "total_max_attempts": 1})
    return {
        "Custom::BedrockModelAccess": lambda: ModelAccessResource(session.client("bedrock", config=patient), region),
        "Custom::BedrockCustomModelDeployment": lambda: CustomModelDeploymentResource(
            session.client("bedrock", config=patient), session.client("ssm", config=patient)
        ),
        "Custom::BedrockProvisionedThroughput": lambda: ProvisionedThroughputResource(
            session.client("bedrock", config=patient), session.client("ssm", config=patient)
        ),
        "Custom::BucketObjects": lambda: BucketObjectsResource(session.client("s3", config=patient)),
        "Custom::BedrockCustomizationStart": lambda: CustomizationStartResource(
            session.client("lambda", config=once).invoke
        ),
    }


def on_event(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return _run("on_event", event, lifecycle.on_event)


def is_complete(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return _run("is_complete", event, lifecycle.is_complete)


def _run(step: str, event: Mapping[str, Any], action: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    started = time.monotonic()
    line: dict[str, object] = {
        "step": step,
        "resource_type": event.get("ResourceType"),
        "request_type": event.get("RequestType"),
        "logical_id": event.get("LogicalResourceId"),
    }
    try:
        answer = action(event, _resource(str(event.get("ResourceType"))))
        line["outcome"] = "failure deferred" if "Failure" in answer else "ok"
        line["complete"] = answer.get("IsComplete")
        return answer
    except Exception as error:
        line |= {"outcome": "failed", "error": type(error).__name__, "code": lifecycle.error_code(error)}
        raise ResourceFailedError(lifecycle.reason(error)) from None
    finally:
        line["duration_ms"] = round((time.monotonic() - started) * 1000)
        print(json.dumps(line), file=sys.stderr)


def _resource(resource_type: str) -> AsyncResource:
    known = resources(boto3.Session(), os.environ["AWS_REGION"])
    if resource_type not in known:
        raise ResourceFailedError(
            f"resource type {resource_type} is not one of the kit's: {', '.join(sorted(known))}; deploy the kit again"
        )
    return known[resource_type]()
