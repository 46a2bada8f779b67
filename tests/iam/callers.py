"""Which role a module of lambda/ runs with, and which IAM actions an operation of boto3 asks for."""

import boto3
from botocore import xform_name

CALLERS = {
    "customization/check_data.py": ("training/WorkflowCheckDataRole",),
    "customization/training_metrics.py": ("training/WorkflowMetricsRole",),
    "customization/start_run.py": ("training/WorkflowStarterFunctionRole",),
    "inference_api/authorizer.py": ("inference-api/InferenceApiAuthorizerFunctionRole",),
    "inference_api/aliases.py": ("inference-api/InferenceApiFunctionRole",),
    "inference_api/retrieval.py": ("inference-api/InferenceApiFunctionRole",),
    "inference_api/routes.py": ("inference-api/InferenceApiFunctionRole",),
    "knowledge_base_ingestion/handler.py": ("knowledge-base/IngestionFunctionRole",),
    "knowledge_base_ingestion/ingestion_job.py": ("knowledge-base/IngestionFunctionRole",),
}
# Called by several of the above; a test may call them directly.
SHARED: tuple[str, ...] = ()
PREFIXES = {
    "bedrock-runtime": "bedrock",
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "stepfunctions": "states",
}
# Operations whose action has another name, or which ask for more than one:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
OTHERWISE = {
    ("bedrock-runtime", "converse"): ("bedrock:InvokeModel",),
    ("lambda", "invoke"): ("lambda:InvokeFunction",),
    ("s3", "list_objects_v2"): ("s3:ListBucket",),
    ("s3", "head_object"): ("s3:GetObject",),
    ("s3", "delete_objects"): ("s3:DeleteObject",),
}


def actions_of(service: str, operation: str) -> tuple[str, ...]:
    """The IAM actions of a boto3 operation. Raises ValueError for an operation that the service does not have."""
    if (service, operation) in OTHERWISE:
        return OTHERWISE[service, operation]
    names = _client_operations(service)
    if operation not in names:
        raise ValueError(f"{service} has no operation {operation}")
    return (f"{PREFIXES.get(service, service)}:{names[operation]}",)


def _client_operations(service: str) -> dict[str, str]:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    model = session.client(service).meta.service_model
    return {xform_name(name): name for name in model.operation_names}
