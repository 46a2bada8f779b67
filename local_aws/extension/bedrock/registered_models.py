"""CreateCustomModel: a model of Amazon Nova that SageMaker AI trained becomes a custom model, Creating -> Active.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateCustomModel.html: exactly one source, and Failed with
a message where it cannot be used. ListCustomModels shows it as imported.
"""

import re
import threading
import time
from typing import Any

from local_aws.extension.bedrock import custom_models, faults
from local_aws.extension.bedrock.clock import in_background, sleep_until
from local_aws.extension.bedrock.customization.job_request import MODEL_NAME, S3_URI
from local_aws.extension.bedrock.elsewhere import artifact_base
from local_aws.extension.bedrock.responses import (
    BedrockError,
    Response,
    answer,
    arn,
    foundation_model_arn,
    identifier,
    iso,
    required,
)

CREATING = 2.0
PACKAGE = re.compile(r"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]{9,16}:[0-9]{12}:model-package/[\S]{1,2048}")
NOVA = "amazon.nova"


def create(body: dict[str, Any]) -> Response:
    """CreateCustomModel. Raises BedrockError."""
    required(body, "modelName")
    name = str(body["modelName"])
    if not MODEL_NAME.fullmatch(name):
        raise BedrockError("ValidationException", f"modelName must match {MODEL_NAME.pattern}, got {name}")
    base = artifact_base(_source(body))
    if not base.startswith(NOVA):
        raise BedrockError("ValidationException", f"Only models of Amazon Nova can be created, got one of {base}")
    if custom_models.exists(name):
        raise BedrockError("ConflictException", f"A custom model named {name} already exists")
    model_arn, started = arn(f"custom-model/imported/{identifier()}"), time.time()
    key = body.get("modelKmsKeyArn")
    members = {
        "modelArn": model_arn,
        "modelName": name,
        "baseModelArn": foundation_model_arn(base),
        "customizationType": "IMPORTED",
        "creationTime": iso(started),
        "modelStatus": "Creating",
        **({"modelKmsKeyArn": key} if key else {}),
    }
    custom_models.add(model_arn, members, body.get("modelTags"))
    in_background(lambda: _run(model_arn, started))
    return answer({"modelArn": model_arn}, 202)


def _source(body: dict[str, Any]) -> str:
    package = ((body.get("customModelDataSource") or {}).get("modelPackageArnDataSource") or {}).get("modelPackageArn")
    uri = ((body.get("modelSourceConfig") or {}).get("s3DataSource") or {}).get("s3Uri")
    if (package is None) == (uri is None):
        raise BedrockError("ValidationException", "Exactly one of customModelDataSource, modelSourceConfig is required")
    source, pattern = (package, PACKAGE) if package else (str(uri), S3_URI)
    if not pattern.fullmatch(source):
        raise BedrockError("ValidationException", f"The source must match {pattern.pattern}, got {source}")
    return str(source)


def _run(model_arn: str, started: float) -> None:
    sleep_until(started, CREATING, threading.Event())
    if faults.is_on(faults.FAILING_JOBS):
        custom_models.change(model_arn, {"modelStatus": "Failed", "failureMessage": faults.UNEXPECTED})
    else:
        custom_models.change(model_arn, {"modelStatus": "Active"})
