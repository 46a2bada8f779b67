"""Paths of the API that several modules name, and the header that tells a dialect where the path does not."""

DESCRIPTION = "/openapi.json"
MODELS = "/v1/models"
AGENTS = "/v1/agents/"  # and the name, and the operation
MESSAGES = "/v1/messages"
RESPONSES = "/v1/responses/"  # and the id of one
COMPLETIONS = "/v1/chat/completions/"
BEDROCK = "/model/"  # and the alias, and the operation
ANTHROPIC_VERSION = "anthropic-version"  # Anthropic's clients send it with each request
# Of answers that OpenAI stores: route -> the methods that clients send, in lower case. It answers any.
STORED = {
    f"{RESPONSES}{{response}}": ("get", "delete"),
    f"{RESPONSES}{{response}}/cancel": ("post",),
    f"{RESPONSES}{{response}}/input_items": ("get",),
    f"{COMPLETIONS}{{completion}}": ("get", "post", "delete"),
    f"{COMPLETIONS}{{completion}}/messages": ("get",),
}


def stored_name(path: str) -> str | None:
    """The route of `path`, None if it is no part of a stored answer."""
    for prefix, identifier in ((RESPONSES, "{response}"), (COMPLETIONS, "{completion}")):
        if path.startswith(prefix):
            route = f"{prefix}{identifier}"
            part = f"{route}/{path.removeprefix(prefix).partition('/')[2]}"
            return part if part in STORED else route
    return None
