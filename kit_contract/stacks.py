"""Names of the stacks of a deployment, and of the outputs that commands read and the context that they give."""

import hashlib
from collections.abc import Mapping

CAPACITY_FUNCTION_OUTPUT = "CapacityFunction"
DOCUMENTS_BUCKET_OUTPUT = "DocumentsBucket"
API_KEY_SECRET_OUTPUT = "ApiKeySecretArn"
USAGE_PLAN_OUTPUT = "UsagePlanId"  # since the authorizer reads the keys that `kit keys` writes
INGESTION_QUEUE_OUTPUT = "IngestionQueueUrl"
TRAINING_BUCKET_OUTPUT = "TrainingBucket"
WORKFLOW_OUTPUT = "WorkflowArn"
STARTER_OUTPUT = "RunStarter"
# Where Custom::BucketObjects keeps its manifests, in the bucket that it writes to.
MANIFESTS_PREFIX = ".bedrock-kit/"
# Context: a new value has the uploaded objects compared with the bucket again, and ingested.
RESTORE_CONTEXT = "restore_objects"
RESTORE_OUTPUT = "RestoredAt"  # the same value: kept by deploys that restore nothing
# Context: `NAME:NUMBER,...` of resources that were deleted by hand. Another number is another resource to
# CloudFormation, which never looks at one whose properties stay the same. A guardrail's NAME is that of its section.
GENERATIONS_CONTEXT = "generations"
# Context: `ARN ...` of the roles of the model invocation logging that take_over replaces, or "none". A role's name may
# have a comma, but no space.
REPLACED_LOGGING_ROLES_CONTEXT = "replaced_logging_roles"
NO_ROLES = "none"
KNOWLEDGE_BASE_GENERATION = ".knowledge-base"  # no section's name has a dot
KNOWLEDGE_BASE_GENERATION_OUTPUT = "KnowledgeBaseGeneration"  # from the second one on
KNOWLEDGE_BASE_ID_OUTPUT, DATA_SOURCE_ID_OUTPUT = "KnowledgeBaseId", "DataSourceId"
MODEL_ACCESS_GENERATION = ".model-access"
MODEL_ACCESS_GENERATION_OUTPUT = "ModelAccessGeneration"
INVOCATION_LOGGING_GENERATION = ".invocation-logging"
INVOCATION_LOGGING_GENERATION_OUTPUT = "InvocationLoggingGeneration"
AGENT_PARTS = ("harness", "gateway", "memory")  # each is replaced alone: a new harness keeps what was remembered
# What follows the deployment's name in the name of a stack, in the order of their deployment.
STACK_SUFFIXES = (
    *("budget", "model-access", "invocation-logging", "training", "provisioned-throughput", "knowledge-base"),
    *("prompts", "agents", "inference-api", "operations"),
)

# Context (cdk -c name=value) of a deploy that looks at what serves whatever the templates say: kit deploy, make up.
LOOK_CONTEXT = "look_again"  # the time, so that it differs from the last one
LOOK_OUTPUT = "LookedAt"  # the same time: kept by deploys that need no look
COLLECTOR_OUTPUT = "DatasetCollectorRole"  # where data lies in S3
PIPELINE_ACCESS_CONTEXT = "pipeline_access"  # any value: the app has the stack of `kit pipeline access` only
RETRAIN_CONTEXT = "retrain"  # customizations, separated by commas, whose deleted models may be paid for again
RETRY_CONTEXT = "retry_failed"  # any value: runs whose job failed or was stopped may be paid for again


def model_access_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-model-access"


def invocation_logging_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-invocation-logging"


def training_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-training"


def provisioned_throughput_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-provisioned-throughput"


def knowledge_base_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-knowledge-base"


def prompts_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-prompts"


def agents_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-agents"


def inference_api_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-inference-api"


def operations_stack(kit_deployment: str) -> str:
    return f"{kit_deployment}-operations"


def pipeline_access_stack(kit_deployment: str) -> str:
    """Deployed by hand with `kit pipeline access`, and not one of STACK_SUFFIXES: no deploy makes or removes it."""
    return f"{kit_deployment}-pipeline-access"


def pipeline_role_output(system: str, role: str) -> str:
    """The ARN of the role `diff`, `drift` or `deploy` of `github` or `gitlab`."""
    return f"{pascal(system)}{pascal(role)}Role"


def pascal(name: str) -> str:
    """`support-eu` -> `SupportEu`: names in deployment.toml as parts of logical ids."""
    return "".join(part.capitalize() for part in name.split("-"))


def throughput_logical_ids(section: str) -> tuple[str, str]:
    """Logical ids of a section's throughput: the second one if the stack has a construct of the first one's name.

    The CDK makes them of the construct's path: its parts, and the start of the path's MD5.
    """
    names = (pascal(section), f"{pascal(section)}Throughput")
    first, second = (
        name + hashlib.md5(f"{name}/Resource".encode(), usedforsecurity=False).hexdigest()[:8].upper() for name in names
    )
    return first, second


def guardrail_output(section: str) -> str:
    """The guardrail's generation, id and served version, separated by spaces."""
    return f"{pascal(section)}Guardrail"


def knowledge_base_generation(key: str) -> str:
    """What stands for the knowledge base in the context `generations`. `key`: empty for [knowledge_base]."""
    return f"{KNOWLEDGE_BASE_GENERATION}.{key}" if key else KNOWLEDGE_BASE_GENERATION


def agent_output(agent: str, part: str) -> str:
    """The generation and id of the agent's `part` (AGENT_PARTS), and the ids of a gateway's targets, between spaces."""
    return f"{pascal(agent)}{pascal(part)}"


def agent_generation(agent: str, part: str) -> str:
    """Of the part, in the context `generations`."""
    return f".agent.{agent}.{part}"


def prompt_output(section: str) -> str:
    """The prompt's generation and the ARN of its version, separated by a space."""
    return f"{pascal(section)}Prompt"


def prompt_generation(section: str) -> str:
    """Of the prompt, in the context `generations`."""
    return f".prompt-{section}"


def agent_guardrail_generation(section: str) -> str:
    """The same of the guardrail that the stack of the agents makes of this section."""
    return f".agents-guardrail-{section}"


def cost_profile_generation(alias: str) -> str:
    """Of the alias's application inference profile, in the context `generations`."""
    return f".cost-profile-{alias}"


def cost_profile_output(alias: str) -> str:
    """Generation and id of the alias's application inference profile, separated by a space."""
    return f"{pascal(alias)}CostProfile"


def generations_from(context: str | None) -> dict[str, int]:
    """The value of the context `generations`."""
    pairs = (item.partition(":") for item in (context or "").split(",") if item)
    return {name: int(number) for name, _, number in pairs}


def generations_context(generations: Mapping[str, int]) -> str:
    return ",".join(f"{name}:{number}" for name, number in sorted(generations.items()))


def run_outcome_output(customization: str) -> str:
    """What the last deploy did for the customization, as text."""
    return f"{pascal(customization)}Run"


def run_execution_output(customization: str) -> str:
    """The ARN of the execution of the current settings, or "none"."""
    return f"{pascal(customization)}Execution"
