"""InvokeModel and its stream: embedding and imported models and Nova's messages answer here, ministack for the rest."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from local_aws.extension.bedrock import (
    converse_requests,
    custom_models,
    embedding_models,
    imported_model_formats,
    nova_messages,
)
from local_aws.extension.bedrock.invocation import called
from local_aws.extension.bedrock.responses import Response

Behind = Callable[..., Awaitable[Response]]
NOVA = "amazon.nova"


async def answer(behind: Behind, method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
    """Raises BedrockError."""
    call = called(path)
    if call is None or not call.operation.startswith("invoke"):
        return await behind(method, path, headers, body, query)
    model = call.model
    if embedding_models.embeds(model):
        return embedding_models.invoke(model, body)
    if ":imported-model/" in model:
        return imported_model_formats.invoke(model, body, stream=call.operation != "invoke")
    base = custom_models.base_of(custom_models.find(model)) if ":custom-model/" in model else model
    if not base.startswith(NOVA):
        return await behind(method, path, headers, body, query)
    asked = nova_messages.as_converse(body)
    converse_requests.check(model, json.loads(asked))
    start = path.rpartition("/")[0]
    if call.operation == "invoke":
        return nova_messages.as_invoked(await behind(method, f"{start}/converse", headers, asked, query))
    return nova_messages.as_chunks(await behind(method, f"{start}/converse-stream", headers, asked, query))
