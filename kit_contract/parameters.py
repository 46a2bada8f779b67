"""Names of the SSM parameters that a deployment keeps, one function each.

`kit_deployment` is `[deployment] name`.
"""

ROOT = "/bedrock-kit"
# In place of an alias, a customization or a throughput: the parameters of all of them, in a policy.
ANY = "*"


def deployment_path(kit_deployment: str) -> str:
    return f"{ROOT}/{kit_deployment}"


def aliases_path(kit_deployment: str) -> str:
    return f"{deployment_path(kit_deployment)}/aliases"


def alias_serving(kit_deployment: str, alias: str) -> str:
    """The custom model deployment that serves the alias: written by promotion."""
    return f"{aliases_path(kit_deployment)}/{alias}/serving"


def alias_capacity(kit_deployment: str, alias: str) -> str:
    """The provisioned throughput that serves the alias: written by the throughput's own lifecycle."""
    return f"{aliases_path(kit_deployment)}/{alias}/capacity"


def customizations_path(kit_deployment: str) -> str:
    return f"{deployment_path(kit_deployment)}/customizations"


def customization_specification(kit_deployment: str, customization: str) -> str:
    """What a run of the customization uses: written by CloudFormation."""
    return f"{customizations_path(kit_deployment)}/{customization}"


def customization_promoted(kit_deployment: str, customization: str) -> str:
    """The custom model that was promoted: written by promotion, read when a throughput is bought later."""
    return f"{customization_specification(kit_deployment, customization)}/promoted"


def held_back(kit_deployment: str, run: str) -> str:
    """Why this run's model is not promoted, for all customizations: releases up to 0.1.0 wrote it, and it is read."""
    return f"{deployment_path(kit_deployment)}/held-back/{run}"


def held_back_for(kit_deployment: str, run: str, customization: str) -> str:
    """The same for one customization: written by promotion and `kit runs`, read before a run starts."""
    return f"{held_back(kit_deployment, run)}/{customization}"


def throughput_settings(kit_deployment: str, throughput: str) -> str:
    """What the stack wants of the provisioned throughput: written by CloudFormation."""
    return f"{deployment_path(kit_deployment)}/capacity/{throughput}/settings"


def throughput_ledger(kit_deployment: str, throughput: str) -> str:
    """What the kit last did with the provisioned throughput, and why."""
    return f"{deployment_path(kit_deployment)}/capacity/{throughput}/ledger"


def hard_stop_topic(kit_deployment: str) -> str:
    """The ARN of the topic of the budget's hard stop: written by CloudFormation, read by the stack that subscribes."""
    return f"{deployment_path(kit_deployment)}/budget/hard-stop-topic"


def capacity_alarm(kit_deployment: str) -> str:
    """The name of the alarm of provisioned throughput. This and the next: for the stack of operations."""
    return f"{deployment_path(kit_deployment)}/operations/capacity-alarm"


def inference_api_log(kit_deployment: str) -> str:
    """The name of the log group with a line for each request."""
    return f"{deployment_path(kit_deployment)}/operations/inference-api-log"


def knowledge_base_id(kit_deployment: str, knowledge_base: str) -> str:
    """The id of the knowledge base: written by CloudFormation, read by the stack of the inference API."""
    return f"{deployment_path(kit_deployment)}/knowledge-base/{knowledge_base}/id"


def last_ingestion(kit_deployment: str, knowledge_base: str) -> str:
    """The result of the knowledge base's last ingestion job."""
    return f"{deployment_path(kit_deployment)}/knowledge-base/{knowledge_base}/last-ingestion"


def training_bucket(kit_deployment: str) -> str:
    """The name of the training bucket. This and the next two: written by CloudFormation, for the API of fine-tuning."""
    return f"{deployment_path(kit_deployment)}/training/bucket"


def training_starter(kit_deployment: str) -> str:
    """The name of the function that starts runs."""
    return f"{deployment_path(kit_deployment)}/training/starter"


def training_workflow(kit_deployment: str) -> str:
    """The name of the state machine of the training workflow."""
    return f"{deployment_path(kit_deployment)}/training/workflow"


def agent_harness(kit_deployment: str, agent: str) -> str:
    """The ARN of the agent's harness. This and the next: written by CloudFormation, read by the stack of the API."""
    return f"{deployment_path(kit_deployment)}/agents/{agent}/harness"


def agent_confirmed_tool(kit_deployment: str, agent: str, tool: str) -> str:
    """The ARN of the function of a tool that a person approves."""
    return f"{deployment_path(kit_deployment)}/agents/{agent}/confirmed-tools/{tool}"


def prompt_version(kit_deployment: str, prompt: str) -> str:
    """The ARN of the prompt's current version: written by CloudFormation, for what calls the prompt by it."""
    return f"{deployment_path(kit_deployment)}/prompts/{prompt}"


def deploy_record(kit_deployment: str) -> str:
    """Who deployed last, when, what they accepted, and what it costs: written by `kit deploy`."""
    return f"{deployment_path(kit_deployment)}/deploys/last"


def invocation_logging(kit_deployment: str) -> str:
    """What the deployment configured as the account's invocation logging, and what it replaced."""
    return f"{deployment_path(kit_deployment)}/invocation-logging"
