"""Names of the stacks of a deployment, and of the outputs that commands read."""

CAPACITY_FUNCTION_OUTPUT = "CapacityFunction"


def training_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-training"


def provisioned_throughput_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-provisioned-throughput"


def inference_api_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-inference-api"
