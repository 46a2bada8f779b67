"""What things are made of: one construct per file, the class named as the file.

The names in `__all__` are public: docs/constructs.md shows each, docs/versions.md says what a release may change.
"""

import importlib

# Imported at their first use: all together take as long as the CDK.
_MODULES = {
    "Agent": "agents.agent",
    "AuroraPostgresql": "knowledge_base.stores.aurora_postgresql.store",
    "BucketSource": "knowledge_base.bucket_source",
    "Budget": "budget",
    "ControlledThroughput": "provisioned_throughput.controlled",
    "CustomModelDeployment": "custom_model_deployment",
    "Customization": "model_customization.customization",
    "CustomizationWorkflow": "customization.workflow",
    "DocumentKnowledgeBase": "knowledge_base.document_knowledge_base",
    "Guardrail": "guardrails",
    "InferenceApi": "inference_api.api",
    "InferenceProfile": "inference_profile",
    "InvocationLogging": "invocation_logging",
    "KnowledgeBase": "knowledge_base.knowledge_base",
    "KnowledgeBaseIngestion": "knowledge_base.ingestion",
    "ModelAccess": "model_access",
    "ModelCustomization": "model_customization.model_customization",
    "OpenSearchServerless": "knowledge_base.stores.opensearch_serverless",
    "ProvisionedThroughput": "provisioned_throughput.throughput",
    "Reading": "knowledge_base.reading",
    "S3Vectors": "knowledge_base.stores.s3_vectors",
    "ServedAlias": "inference_api.targets",
    "ServedKnowledgeBase": "inference_api.targets",
    "ThroughputTarget": "provisioned_throughput.permissions",
    "TrainingDataBucket": "training_data_bucket",
    "model_target": "inference_api.served",
    "served_alias": "inference_api.served",
}
__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_MODULES)}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
