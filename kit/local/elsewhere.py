"""Tells the embedded AWS what deployment.toml takes from other Regions and accounts, SageMaker AI and S3: it has none.

A model that is copied answers here like its base model; on AWS it has to exist, and to be shared. Where an open model
is to be imported and nothing lies, a tiny one is put.
"""

import json
import urllib.request
from typing import Any

from deployment.config import DeploymentConfig
from deployment.sections.copied_model import CopiedModel
from deployment.sections.sagemaker_model import SageMakerModel
from local_aws.emulator import ACCOUNT

PATH = "/_kit/elsewhere"


def add_sources(config: DeploymentConfig, endpoint_url: str) -> None:
    content = sources(config)
    if not any(content.values()):
        return
    request = urllib.request.Request(endpoint_url + PATH, json.dumps(content).encode(), method="PUT")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10):
        pass


def sources(config: DeploymentConfig) -> dict[str, list[Any]]:
    """As local_aws/extension/bedrock/elsewhere.py takes them."""
    items = config.external_models
    return {
        "models": [
            {"modelArn": item.source_model_arn, "modelName": name, "sharedWith": [ACCOUNT]}
            for name, item in items.items()
            if isinstance(item, CopiedModel)
        ],
        "artifacts": [
            {"source": item.model_package_arn or item.s3_uri, "base": item.base_model}
            for item in items.values()
            if isinstance(item, SageMakerModel)
        ],
        "modelFolders": [item.s3_uri for item in config.imported_models.values()],
    }
