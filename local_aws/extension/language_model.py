"""KIT_LLM_URL: which name the server behind it is asked for, and a line in the log where it does not answer.

KIT_LLM_MODEL is that name. Without it, it is the Bedrock id of the model that answers, for a custom model its base's.
"""

import os
import re
import sys
from typing import Any

from ministack.services import bedrock_runtime

from local_aws.extension.bedrock_custom_model_deployments import base_of, find_model
from local_aws.extension.bedrock_runtime_models import resolve

CONTEXT_SUFFIX = re.compile(r":\d+k$")


def install() -> None:
    """Wrap ministack's one function that every operation asks for an answer."""
    send = bedrock_runtime._proxy_openai_chat_message

    def asked(model_id: str, *arguments: Any) -> tuple[Any, Any]:
        name = name_for(model_id)
        message, counts = send(name, *arguments)
        if message is None and bedrock_runtime._PROXY_URL:
            where = bedrock_runtime._PROXY_URL
            print(f"KIT_LLM_URL: {where} gave no answer as model {name}; the mock answers", file=sys.stderr, flush=True)
        return message, counts

    bedrock_runtime._proxy_openai_chat_message = asked


def name_for(model_id: str) -> str:
    """The name under which the server is asked for what Bedrock calls `model_id`."""
    if name := os.environ.get("KIT_LLM_MODEL"):
        return name
    model = resolve(model_id)
    return CONTEXT_SUFFIX.sub("", base_of(find_model(model))) if ":custom-model/" in model else model
