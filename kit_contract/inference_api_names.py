"""Names that the inference API's constructs and functions share. Importing them costs the authorizer nothing."""

# Files beside the packages in a function's zip.
ALIASES_FILE = "aliases.json"  # alias -> {"model", "arn", "order", "embedding"?, "one_model"?, "guardrail"?}
KNOWLEDGE_BASES_FILE = "knowledge_bases.json"  # name -> {"model", "arn", "rerank"?, "guardrail"?, "store"?}
AMAZON_ROOTS_FILE = "amazon_roots.pem"
DESCRIPTION_FILE = "openapi.json"  # what GET /openapi.json answers


def rest_api_name(kit_deployment: str) -> str:
    """The dimension ApiName of API Gateway's metrics."""
    return f"{kit_deployment}-inference-api"


METRIC_NAMESPACE = "BedrockKit/InferenceApi"
ANSWERS, FALLBACKS = "Answers", "Fallbacks"  # of each deployment and kind of target
THROTTLES = "Throttles"  # of each deployment: calls of models that Bedrock throttled
RETRY_AFTER_MS_CONTEXT = "retryAfterMs"  # in the authorizer's context
