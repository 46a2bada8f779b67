"""Names of the metric that the controller of provisioned throughput sends with every tick."""

METRIC_NAMESPACE = "BedrockKit/ProvisionedThroughput"
DEPLOYMENT_DIMENSION, THROUGHPUT_DIMENSION = "Deployment", "Throughput"
MODEL_UNITS = "ModelUnits"
