"""Provisioned throughput: its quotas, and the metric that its controller sends with every tick."""

# Of Service Quotas, service `bedrock`: model units without commitment.
# https://docs.aws.amazon.com/general/latest/gr/bedrock.html, read 2026-11-23
CUSTOM_MODELS_CODE = "L-BE77399C"
BASE_MODELS_CODE = "L-FE44174A"

METRIC_NAMESPACE = "BedrockKit/ProvisionedThroughput"
DEPLOYMENT_DIMENSION, THROUGHPUT_DIMENSION = "Deployment", "Throughput"
MODEL_UNITS = "ModelUnits"
