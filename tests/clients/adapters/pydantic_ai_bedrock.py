"""pydantic-ai-slim, Bedrock's Converse."""

from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.providers.bedrock import BedrockProvider

from tests.clients.adapters.bedrock_client import bedrock_client
from tests.clients.adapters.pydantic_ai_client import PydanticAi

CLIENT = PydanticAi(
    lambda access, alias: BedrockConverseModel(alias, provider=BedrockProvider(bedrock_client=bedrock_client(access))),
    settings={"bedrock_additional_model_requests_fields": {"reasoningConfig": {"type": "enabled"}}},
    not_available={"embeddings": "takes the ids of AWS's models only"},
)
