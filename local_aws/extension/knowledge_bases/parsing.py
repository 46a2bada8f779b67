"""Foundation models that parse documents: the model of KIT_LLM_URL gets the text of a PDF file with the prompt.

No model here sees pages. Where a model may not be invoked or does not answer, Bedrock's default parser takes its place:
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ParsingConfiguration.html
"""

from typing import Any

from ministack.services import bedrock_runtime

from local_aws.extension.bedrock import invocation
from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.service_roles import role_allows_on

PROMPT = "Write down the content of this document as Markdown."


def parsed(text: str, source: dict[str, Any], role: str) -> str:
    """`text` is what the default parser reads."""
    configuration = (source.get("VectorIngestionConfiguration") or {}).get("parsingConfiguration") or {}
    model = (configuration.get("bedrockFoundationModelConfiguration") or {}).get("modelArn")
    if not model or not role_allows_on(role, "bedrock:InvokeModel", model):
        return text
    prompt = configuration["bedrockFoundationModelConfiguration"].get("parsingPrompt") or {}
    asked = f"{prompt.get('parsingPromptText') or PROMPT}\n\n{text}"
    messages = [{"role": "user", "content": [{"text": asked}]}]
    try:
        reply: str | None = bedrock_runtime._proxy_to_openai_chat(invocation.resolve(model), messages, [], {})
    except BedrockError:
        return text
    return reply or text
