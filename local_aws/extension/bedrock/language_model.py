"""Names the model for the server at KIT_LLM_URL, and logs when that server does not answer.

The name is KIT_LLM_MODEL, or the Bedrock id of the foundation model; for a custom model that of its base model.
"""

import os
import re
import sys
from typing import Any

from ministack.services import bedrock_runtime

from local_aws.extension.bedrock import converse_mock, custom_models
from local_aws.extension.bedrock.invocation import resolve

CONTEXT_SUFFIX = re.compile(r":\d+k$")
# Messages, system, inferenceConfig and toolConfig. The other operations pass no tools and have mocks of their own.
CONVERSE_ARGUMENTS = 4


def install() -> None:
    """Wrap the function of ministack through which every operation asks the server."""
    converse_mock.install()
    send = bedrock_runtime._proxy_openai_chat_message

    def send_named(model_id: str, *arguments: Any) -> tuple[Any, Any]:
        name = name_for(model_id)
        message, counts = send(name, *arguments)
        if message is None and bedrock_runtime._PROXY_URL:
            where = bedrock_runtime._PROXY_URL
            print(f"KIT_LLM_URL: {where} gave no answer as model {name}; the mock answers", file=sys.stderr, flush=True)
        if message is None and len(arguments) == CONVERSE_ARGUMENTS:
            message = converse_mock.turn(model_id, *arguments)
            counts = converse_mock.counted(message, arguments)
        return message, counts

    bedrock_runtime._proxy_openai_chat_message = send_named


def name_for(model_id: str) -> str:
    """The server's name for the model with this Bedrock id."""
    if name := os.environ.get("KIT_LLM_MODEL"):
        return name
    model = resolve(model_id)
    if ":custom-model/" not in model:
        return model
    return CONTEXT_SUFFIX.sub("", custom_models.base_of(custom_models.find(model)))
