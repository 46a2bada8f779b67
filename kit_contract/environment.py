"""Environment variables of the Lambda functions: constructs set them, handlers read them."""

KIT_DEPLOYMENT = "KIT_DEPLOYMENT"  # [deployment] name

# Custom resource provider
LEASES_TABLE = "LEASES_TABLE"
LONGEST_PAUSE_SECONDS = "LONGEST_PAUSE_SECONDS"

# Customization
STATE_MACHINE_ARN = "STATE_MACHINE_ARN"

# Provisioned throughput controller
THROUGHPUTS = "THROUGHPUTS"  # JSON list of names
TOPIC_ARN = "TOPIC_ARN"

# Inference API
ACCOUNT_ID = "ACCOUNT_ID"
PARTITION = "PARTITION"  # only where a file names it with a placeholder
KNOWLEDGE_BASES = "KNOWLEDGE_BASES"  # JSON: name -> knowledge base id
KNOWLEDGE_BASE_SECONDS = "KNOWLEDGE_BASE_SECONDS"  # for how long an id that was read from its parameter is used
DEFAULT_KNOWLEDGE_BASE_SECONDS = 60
GUARDRAILS = "GUARDRAILS"  # JSON: name -> {"id", "version"}
INFERENCE_PROFILES = "INFERENCE_PROFILES"  # JSON: alias -> id of its application inference profile
MEDIA_BUCKETS = "MEDIA_BUCKETS"  # JSON list of "bucket" and "bucket/prefix/"
API_KEYS_SECRET_ARN = "API_KEYS_SECRET_ARN"
AGENTS = "AGENTS"  # JSON: name -> {"harness_arn", "confirmed_tools": {tool: ARN of its function}}
APPROVAL_SECRET_ARN = "APPROVAL_SECRET_ARN"  # signs calls of tools that a person has to approve
SHOW_ARNS = "SHOW_ARNS"  # "true": callers may ask for the ARN of what served them
CORS_ORIGINS = "CORS_ORIGINS"  # JSON list
RETRY_SECONDS = "RETRY_SECONDS"  # waits over the rate are multiples of it

# Knowledge base ingestion
KNOWLEDGE_BASE_ID = "KNOWLEDGE_BASE_ID"
DATA_SOURCE_ID = "DATA_SOURCE_ID"
METRIC_NAMESPACE = "METRIC_NAMESPACE"
METRIC_NAME = "METRIC_NAME"
RESULT_PARAMETER = "RESULT_PARAMETER"

# Tools of agents; they have KNOWLEDGE_BASE_ID too
PASSAGES = "PASSAGES"  # how many a search gives
KNOWLEDGE_BASE_PARAMETER = "KNOWLEDGE_BASE_PARAMETER"  # publishes the id; without it, the id never changes
MANAGED_KNOWLEDGE_BASE = "MANAGED_KNOWLEDGE_BASE"  # there, if it is of Bedrock's type MANAGED

# Fine-tuning API
TRAINING_BUCKET = "TRAINING_BUCKET"
STARTER_FUNCTION = "STARTER_FUNCTION"
FINE_TUNING_KEYS = "FINE_TUNING_KEYS"  # JSON list of the names of keys
