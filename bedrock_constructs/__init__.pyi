"""The public names for type checkers; __init__.py imports each at its first use."""

from bedrock_constructs.agents.agent import Agent as Agent
from bedrock_constructs.budget import Budget as Budget
from bedrock_constructs.custom_model_deployment import CustomModelDeployment as CustomModelDeployment
from bedrock_constructs.customization.workflow import CustomizationWorkflow as CustomizationWorkflow
from bedrock_constructs.guardrails import Guardrail as Guardrail
from bedrock_constructs.inference_api.api import InferenceApi as InferenceApi
from bedrock_constructs.inference_api.served import model_target as model_target
from bedrock_constructs.inference_api.served import served_alias as served_alias
from bedrock_constructs.inference_api.targets import ServedAlias as ServedAlias
from bedrock_constructs.inference_api.targets import ServedKnowledgeBase as ServedKnowledgeBase
from bedrock_constructs.inference_profile import InferenceProfile as InferenceProfile
from bedrock_constructs.invocation_logging import InvocationLogging as InvocationLogging
from bedrock_constructs.knowledge_base.bucket_source import BucketSource as BucketSource
from bedrock_constructs.knowledge_base.document_knowledge_base import DocumentKnowledgeBase as DocumentKnowledgeBase
from bedrock_constructs.knowledge_base.ingestion import KnowledgeBaseIngestion as KnowledgeBaseIngestion
from bedrock_constructs.knowledge_base.knowledge_base import KnowledgeBase as KnowledgeBase
from bedrock_constructs.knowledge_base.reading import Reading as Reading
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.store import AuroraPostgresql as AuroraPostgresql
from bedrock_constructs.knowledge_base.stores.opensearch_serverless import (
    OpenSearchServerless as OpenSearchServerless,
)
from bedrock_constructs.knowledge_base.stores.s3_vectors import S3Vectors as S3Vectors
from bedrock_constructs.model_access import ModelAccess as ModelAccess
from bedrock_constructs.model_customization.customization import Customization as Customization
from bedrock_constructs.model_customization.model_customization import ModelCustomization as ModelCustomization
from bedrock_constructs.provisioned_throughput.controlled import ControlledThroughput as ControlledThroughput
from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget as ThroughputTarget
from bedrock_constructs.provisioned_throughput.throughput import ProvisionedThroughput as ProvisionedThroughput
from bedrock_constructs.training_data_bucket import TrainingDataBucket as TrainingDataBucket

__all__ = [
    "Agent",
    "AuroraPostgresql",
    "BucketSource",
    "Budget",
    "ControlledThroughput",
    "CustomModelDeployment",
    "Customization",
    "CustomizationWorkflow",
    "DocumentKnowledgeBase",
    "Guardrail",
    "InferenceApi",
    "InferenceProfile",
    "InvocationLogging",
    "KnowledgeBase",
    "KnowledgeBaseIngestion",
    "ModelAccess",
    "ModelCustomization",
    "OpenSearchServerless",
    "ProvisionedThroughput",
    "Reading",
    "S3Vectors",
    "ServedAlias",
    "ServedKnowledgeBase",
    "ThroughputTarget",
    "TrainingDataBucket",
    "model_target",
    "served_alias",
]
