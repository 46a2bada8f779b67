"""Names of the stacks of a deployment, and of the outputs that commands read."""

CAPACITY_FUNCTION_OUTPUT = "CapacityFunction"
# What follows the deployment's name in the name of a stack, in the order of their deployment.
STACK_SUFFIXES = ("budget", "model-access", "training", "provisioned-throughput", "knowledge-base", "inference-api")


def training_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-training"


def provisioned_throughput_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-provisioned-throughput"


def inference_api_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-inference-api"
