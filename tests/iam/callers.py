"""The roles that a module of lambda/ runs with, and the IAM actions that an operation of boto3 needs."""

import functools

import boto3
from botocore import xform_name

PROVIDERS = tuple(
    f"{stack}/CustomResourceProviderFunctionRole"
    for stack in ("model-access", "knowledge-base", "training", "provisioned-throughput", "invocation-logging")
)
# Path below lambda/ -> roles. The longest path counts, so that a module can differ from its package.
CALLERS = {
    "custom_resources/handler.py": PROVIDERS,
    "custom_resources/framework/": PROVIDERS,
    "custom_resources/bucket_objects.py": (
        "knowledge-base/CustomResourceProviderFunctionRole",
        "training/CustomResourceProviderFunctionRole",
    ),
    "custom_resources/object_sources.py": (
        "knowledge-base/CustomResourceProviderFunctionRole",
        "training/CustomResourceProviderFunctionRole",
    ),
    "custom_resources/provisioned_throughput/start.py": ("provisioned-throughput/CustomResourceProviderFunctionRole",),
    "custom_resources/custom_model_deployment.py": ("training/CustomResourceProviderFunctionRole",),
    "custom_resources/customization_start.py": ("training/CustomResourceProviderFunctionRole",),
    "custom_resources/guardrail_versions.py": (
        "agents/CustomResourceProviderFunctionRole",
        "inference-api/CustomResourceProviderFunctionRole",
    ),
    "custom_resources/imported_model_serving.py": ("training/CustomResourceProviderFunctionRole",),
    "custom_resources/ingestion_start.py": ("knowledge-base/CustomResourceProviderFunctionRole",),
    "custom_resources/invocation_logging.py": ("invocation-logging/CustomResourceProviderFunctionRole",),
    "custom_resources/model_access.py": ("model-access/CustomResourceProviderFunctionRole",),
    "custom_resources/opensearch_index.py": ("knowledge-base/CustomResourceProviderFunctionRole",),
    "custom_resources/provisioned_throughput/resource.py": (
        "provisioned-throughput/CustomResourceProviderFunctionRole",
    ),
    "customization/promotion.py": ("training/WorkflowPromotionRole",),
    "customization/collection/": ("training/DatasetCollectorFunctionRole",),
    "customization/collection/model_source.py": ("training/ModelSourcesFunctionRole",),
    "customization/evaluation/": ("training/EvaluationRole",),
    "customization/handlers/evaluate.py": ("training/EvaluationRole",),
    "customization/promotion_checks/": ("training/WorkflowPromotionChecksRole",),
    "customization/chosen_run.py": ("training/WorkflowStarterFunctionRole",),
    "customization/superseded.py": ("training/WorkflowStarterFunctionRole",),
    "customization/start_turn.py": ("training/WorkflowStarterFunctionRole",),
    "customization/check_data.py": ("training/WorkflowCheckDataRole",),
    "customization/external/": ("training/WorkflowCheckDataRole",),
    "customization/log_source.py": ("training/WorkflowCheckDataRole",),
    "customization/parent_model.py": ("training/WorkflowCheckDataRole",),
    "customization/same_content.py": ("training/WorkflowCheckDataRole",),
    "customization/training_metrics.py": ("training/WorkflowMetricsRole",),
    "customization/jobs_in_progress.py": ("training/WorkflowStarterFunctionRole",),
    "customization/start_run.py": ("training/WorkflowStarterFunctionRole",),
    "customization/what_serves.py": ("training/WorkflowStarterFunctionRole",),
    "provisioned_throughput_controller/": ("provisioned-throughput/CapacityFunctionRole",),
    "inference_api/": ("inference-api/InferenceApiFunctionRole",),
    "fine_tuning_api/": ("inference-api/FineTuningApiFunctionRole",),
    "inference_api/authorizer.py": ("inference-api/InferenceApiAuthorizerFunctionRole",),
    "inference_api/api_keys.py": ("inference-api/InferenceApiAuthorizerFunctionRole",),
    "agent_tools/": ("agents/AgentSupportToolsManualsFunctionRole",),
    "knowledge_base_ingestion/": ("knowledge-base/IngestionFunctionRole",),
}
# Modules that several of the above import. Their tests call them directly.
SHARED = (
    "customization/candidate.py",
    "customization/existing_model.py",
    "customization/promotion_targets/",
    "customization/base_model.py",
    "customization/conditional_write.py",
    "customization/current_settings.py",
    "customization/held_back.py",
    "customization/serving_parameter.py",
    "customization/evaluation_gate.py",
    "custom_resources/provisioned_throughput/alias_capacity.py",
    "custom_resources/account/json_parameter.py",
    "custom_resources/account/ownership.py",
    "custom_resources/provisioned_throughput/quota.py",
)
# Calls that no stack of the kit makes, and what makes them.
NOT_IN_A_STACK = {
    (
        "custom_resources/custom_model_deployment.py",
        "create_custom_model_deployment",
    ): "a construct with a model",
    (
        "custom_resources/custom_model_deployment.py",
        "update_custom_model_deployment",
    ): "a construct with a model",
    (
        "customization/promotion_targets/custom_model_deployment.py",
        "delete_custom_model_deployment",
    ): "of a candidate only: cases_evaluation.py has it",
}
PREFIXES = {
    "service-quotas": "servicequotas",
    "bedrock-runtime": "bedrock",
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "stepfunctions": "states",
    "opensearchserverless": "aoss",
}
# Operations whose action has another name:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
OTHERWISE = {
    ("bedrock-runtime", "converse"): ("bedrock:InvokeModel",),
    ("bedrock-runtime", "invoke_model_for_all"): ("bedrock:InvokeModel",),
    ("bedrock-runtime", "converse_stream"): ("bedrock:InvokeModelWithResponseStream",),
    ("bedrock-agent-runtime", "retrieve_and_generate_stream"): ("bedrock:RetrieveAndGenerate",),
    ("lambda", "invoke"): ("lambda:InvokeFunction",),
    ("s3", "list_objects_v2"): ("s3:ListBucket",),
    ("s3", "head_object"): ("s3:GetObject",),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    ("s3", "copy_object"): ("s3:GetObject", "s3:PutObject"),
    ("s3", "create_multipart_upload"): ("s3:PutObject",),
    ("s3", "upload_part_copy"): ("s3:GetObject", "s3:PutObject"),
    ("s3", "complete_multipart_upload"): ("s3:PutObject",),
    ("s3", "delete_objects"): ("s3:DeleteObject",),
}


def roles_of_module(module: str) -> tuple[str, ...]:
    """The roles that a module runs with; none for a module that only other modules call."""
    path = max((path for path in CALLERS if module.startswith(path)), key=len, default="")
    return CALLERS.get(path, ())


def actions_of(service: str, operation: str) -> tuple[str, ...]:
    """The IAM actions of a boto3 operation. Raises ValueError for an operation that the service does not have."""
    if (service, operation) in OTHERWISE:
        return OTHERWISE[service, operation]
    names = _client_operations(service)
    if operation not in names:
        raise ValueError(f"{service} has no operation {operation}")
    return (f"{PREFIXES.get(service, service)}:{names[operation]}",)


@functools.cache  # making a client takes a tenth of a second
def _client_operations(service: str) -> dict[str, str]:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    model = session.client(service).meta.service_model
    return {xform_name(name): name for name in model.operation_names}
